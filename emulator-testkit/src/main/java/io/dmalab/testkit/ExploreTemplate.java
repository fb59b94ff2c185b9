package io.dmalab.testkit;

import io.dmalab.api.config.Span;
import io.dmalab.core.Emulator;
import io.dmalab.core.explore.Plan;
import io.dmalab.core.run.Exploration;
import io.dmalab.core.run.Explorer;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.scenario.Scenario;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;

/** Behind {@link ExploreTest}, which names it; nobody else needs to. */
public final class ExploreTemplate implements TestTemplateInvocationContextProvider {
    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return AnnotationSupport.isAnnotated(context.getTestMethod(), ExploreTest.class);
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        ExploreTest test = AnnotationSupport.findAnnotation(context.getTestMethod(), ExploreTest.class).orElseThrow();
        Emulator emulator = Loaded.emulator(context);
        Origin origin = Origin.of(context, emulator, test.scenario(), test.scenarioFrom(), test.set());
        Plan plan = plan(test, Origin.place(context));
        return Origin.each(emulator, origin.request(), test.policy()).stream().map(request -> new World(emulator, origin, request, plan));
    }

    private static Plan plan(ExploreTest test, String place) {
        try {
            Span time = Span.parse(test.time());
            Plan plan = Plan.DEFAULT.with(test.strategy(), test.bound())
                    .upTo(test.executions(), time.isForever() ? Duration.ofDays(365) : Duration.ofNanos(time.nanos()));
            return test.findAll() ? plan.findingAll() : plan;
        } catch (IllegalArgumentException e) {
            throw BadInput.of(place, e.getMessage(), "correct the annotation");
        }
    }

    /** One policy. */
    private static final class World extends Invocation {
        private final Origin origin;

        World(Emulator emulator, Origin origin, RunRequest request, Plan plan) {
            super("policy " + request.policyName());
            this.origin = origin;
            offer(Emulator.class, () -> emulator);
            offer(RunRequest.class, () -> request);
            offer(Scenario.class, request::scenario);
            offer(Exploration.class, () -> emulator.explore(request, plan, Explorer.Watch.NONE));
        }

        @Override
        List<String> replays() {
            return isMade(Exploration.class) ? get(Exploration.class).violations().stream()
                    .flatMap(violation -> violation.token().map(origin::replay).stream()).toList() : List.of();
        }
    }
}
