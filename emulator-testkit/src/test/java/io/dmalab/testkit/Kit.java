package io.dmalab.testkit;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;
import org.junit.platform.testkit.engine.EventType;
import org.junit.platform.testkit.engine.Events;

/** Executes a class of tests as a build would, and says what came of it. */
final class Kit {
    private final Events all;

    private Kit(Events all) {
        this.all = all;
    }

    static Kit run(Class<?> tests) {
        return run(tests, Map.of());
    }

    /** @param parameters of JUnit's configuration */
    static Kit run(Class<?> tests, Map<String, String> parameters) {
        return new Kit(EngineTestKit.engine("junit-jupiter").configurationParameters(parameters).selectors(selectClass(tests)).execute()
                .allEvents());
    }

    /** Display names of what passed, invocations only. */
    List<String> passed() {
        return finished(TestExecutionResult.Status.SUCCESSFUL).filter(event -> event.getTestDescriptor().isTest())
                .map(event -> event.getTestDescriptor().getDisplayName()).toList();
    }

    List<String> aborted() {
        return finished(TestExecutionResult.Status.ABORTED).map(event -> event.getTestDescriptor().getDisplayName()).toList();
    }

    /** What tests, or templates before their first invocation, failed with. */
    List<Throwable> failures() {
        return finished(TestExecutionResult.Status.FAILED).map(event -> event.getRequiredPayload(TestExecutionResult.class).getThrowable())
                .flatMap(Optional::stream).toList();
    }

    Throwable failure() {
        List<Throwable> failures = failures();
        if (failures.size() != 1) {
            throw new AssertionError("one failure was expected, not " + failures);
        }
        return failures.getFirst();
    }

    private Stream<Event> finished(TestExecutionResult.Status status) {
        return all.filter(event -> event.getType() == EventType.FINISHED
                && event.getRequiredPayload(TestExecutionResult.class).getStatus() == status);
    }
}
