package io.dmalab.testkit;

import io.dmalab.core.Emulator;
import io.dmalab.core.run.Comparison;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.scenario.Scenario;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;

/** Behind {@link CompareTest}, which names it; nobody else needs to. */
public final class CompareTemplate implements TestTemplateInvocationContextProvider {
    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return AnnotationSupport.isAnnotated(context.getTestMethod(), CompareTest.class);
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        CompareTest test = AnnotationSupport.findAnnotation(context.getTestMethod(), CompareTest.class).orElseThrow();
        Emulator emulator = Loaded.emulator(context);
        RunRequest base = Origin.of(context, emulator, test.scenario(), test.scenarioFrom(), test.set()).request();
        String seeds = test.seeds().isEmpty() ? Long.toString(base.seed()) : test.seeds();
        List<Seeds.Range> ranges = Seeds.parse(seeds, Origin.place(context) + ", seeds").ranges();
        if (ranges.size() > 1) {
            throw BadInput.of(Origin.place(context) + ", seeds", "'" + seeds + "' is more than one range", "write e.g. 1..20");
        }
        if (test.policies().length == 0) {
            throw BadInput.of(Origin.place(context), "no policies are given", "write e.g. policies = {\"legacy\", \"wait-for-drain\"}");
        }
        Origin.each(emulator, base, test.policies());
        return Stream.of(new Study(emulator, base.withSeed(ranges.getFirst().first()), List.of(test.policies()),
                (int) ranges.getFirst().size()));
    }

    /** All policies, all seeds. Which run to look at again only an assertion knows. */
    private static final class Study extends Invocation {
        Study(Emulator emulator, RunRequest request, List<String> policies, int seeds) {
            super(policies.size() + " policies, " + seeds + " seeds from " + request.seed());
            offer(Emulator.class, () -> emulator);
            offer(RunRequest.class, () -> request);
            offer(Scenario.class, request::scenario);
            offer(Comparison.class, () -> emulator.compare(request, policies, seeds));
        }

        @Override
        List<String> replays() {
            return List.of();
        }
    }
}
