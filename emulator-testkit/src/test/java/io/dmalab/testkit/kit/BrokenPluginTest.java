package io.dmalab.testkit.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.dmalab.api.device.DeviceDriver;
import io.dmalab.api.device.HotplugNotifier;
import io.dmalab.api.dma.DmaAllocator;
import io.dmalab.api.dma.IommuBackend;
import io.dmalab.api.net.BufferHolder;
import io.dmalab.api.net.Workload;
import io.dmalab.api.observe.Observer;
import io.dmalab.api.policy.FreePolicy;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** Each extension of {@link BrokenPlugin} fails the check of the rule that it breaks, and no other. */
class BrokenPluginTest {
    private static final Map<Class<?>, Class<?>> KITS = Map.of(FreePolicy.class, BrokenKits.Policies.class, DmaAllocator.class,
            BrokenKits.Allocators.class, IommuBackend.class, BrokenKits.Backends.class, HotplugNotifier.class, BrokenKits.Notifiers.class,
            DeviceDriver.class, BrokenKits.Drivers.class, BufferHolder.class, BrokenKits.Holders.class, Workload.class,
            BrokenKits.Workloads.class, Observer.class, BrokenKits.Observers.class);

    /** Failures by extension, then by check. */
    private static final Map<String, Map<String, Throwable>> FAILURES = new TreeMap<>();
    /** Checks that some extension has passed. */
    private static final Set<String> PASSED = new TreeSet<>();

    @BeforeAll
    static void runTheKits() {
        KITS.forEach((spi, kit) -> EngineTestKit.engine("junit-jupiter").selectors(selectClass(kit)).execute()
                .testEvents().finished().stream().forEach(event -> note(spi, event)));
    }

    private static void note(Class<?> spi, Event event) {
        TestDescriptor test = event.getTestDescriptor();
        String id = test.getParent().orElseThrow().getDisplayName();
        String check = ((org.junit.platform.engine.support.descriptor.MethodSource) test.getSource().orElseThrow()).getMethodName();
        TestExecutionResult result = event.getRequiredPayload(TestExecutionResult.class);
        if (result.getStatus() == Status.FAILED) {
            FAILURES.computeIfAbsent(spi.getSimpleName() + " " + id, key -> new TreeMap<>())
                    .put(check, result.getThrowable().orElseThrow());
        } else if (result.getStatus() == Status.SUCCESSFUL) {
            PASSED.add(spi.getSimpleName() + " " + id + " " + check);
        }
    }

    static List<BrokenRules> extensions() {
        return BrokenRules.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("extensions")
    void failsTheRightCheck(BrokenRules broken) {
        Map<String, Throwable> failures = FAILURES.getOrDefault(broken.toString(), Map.of());
        assertThat(failures.keySet()).as("%s", failures).isEqualTo(broken.checks());
        assertThat(failures.values()).allSatisfy(failure -> assertThat(failure).hasMessageContaining("breaks the rule: ")
                .hasMessageContaining("'" + broken.id() + "'").hasMessageContaining("(stated at "));
    }

    @Test
    void everythingElseOfThemPasses() {
        assertThat(FAILURES.keySet()).containsExactlyInAnyOrderElementsOf(BrokenRules.all().stream().map(BrokenRules::toString).toList());
        assertThat(PASSED).hasSizeGreaterThan(30 * BrokenRules.all().size());
    }

    @Test
    void theMessageSaysWhoWhatAndWhere() {
        assertThat(FAILURES.get("FreePolicy wall-clock").get("readsNoWallClock")).hasMessageStartingWith("""
                FreePolicy 'wall-clock' breaks the rule: the code reads no wall clock
                (stated at docs/determinism.md)
                """).hasMessageContaining("WallClock uses java.lang.System.nanoTime").hasMessageContaining("use Kernel.clock().now()");
    }
}
