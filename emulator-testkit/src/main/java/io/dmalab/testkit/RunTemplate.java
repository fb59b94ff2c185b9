package io.dmalab.testkit;

import io.dmalab.core.Emulator;
import io.dmalab.core.run.EventLog;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.scenario.Scenario;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;

/** Behind {@link EmulatorTest}, which names it; nobody else needs to. */
public final class RunTemplate implements TestTemplateInvocationContextProvider {
    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return AnnotationSupport.isAnnotated(context.getTestMethod(), EmulatorTest.class);
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        EmulatorTest test = AnnotationSupport.findAnnotation(context.getTestMethod(), EmulatorTest.class).orElseThrow();
        Emulator emulator = Loaded.emulator(context);
        Origin origin = Origin.of(context, emulator, test.scenario(), test.scenarioFrom(), test.set());
        RunRequest base = test.paranoid() ? origin.request().withParanoia() : origin.request();
        for (String observer : test.observe()) {
            base = base.withObserver(observer);
        }
        List<RunRequest> requests = Origin.each(emulator, base, test.policy());
        String seeds = test.seeds().isEmpty() ? Long.toString(base.seed()) : test.seeds();
        List<Seeds.Range> ranges = Seeds.parse(seeds, Origin.place(context) + ", seeds").ranges();
        boolean listens = List.of(context.getRequiredTestMethod().getParameterTypes()).contains(EventLog.class);
        return requests.stream().flatMap(request -> ranges.stream()
                .flatMapToLong(range -> LongStream.rangeClosed(range.first(), range.last()))
                .mapToObj(seed -> new Run(emulator, origin, request.withSeed(seed), listens)));
    }

    /** One policy, one seed. */
    private static final class Run extends Invocation {
        private final Origin origin;

        Run(Emulator emulator, Origin origin, RunRequest request, boolean listens) {
            super("policy " + request.policyName() + ", seed " + request.seed());
            this.origin = origin;
            EventLog events = new EventLog();
            RunRequest heard = listens ? request.withObservers(List.of(events)) : request;
            offer(Emulator.class, () -> emulator);
            offer(RunRequest.class, () -> request);
            offer(Scenario.class, request::scenario);
            offer(RunResult.class, () -> emulator.run(heard));
            if (listens) {
                offer(EventLog.class, () -> {
                    get(RunResult.class);
                    return events;
                });
            }
        }

        @Override
        List<String> replays() {
            return isMade(RunResult.class) ? get(RunResult.class).token().map(origin::replay).stream().toList() : List.of();
        }
    }
}
