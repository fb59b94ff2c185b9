package io.dmalab.testkit;

import static io.dmalab.testkit.EmulatorAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.core.Emulator;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.scenario.Scenario;
import io.dmalab.core.scenario.Setting;
import io.dmalab.core.scenario.Use;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Each assertion holds of one run and fails of another, with a message that says what was looked at. */
class RunResultAssertTest {
    private static RunResult legacy;
    private static RunResult fixed;
    private static RunResult waits;

    @BeforeAll
    static void run() {
        Emulator emulator = Emulator.load();
        legacy = emulator.run(emulator.request("seed-race").withPolicy("legacy"));
        fixed = emulator.run(emulator.request("seed-race").withPolicy("unmap-at-destroy"));
        waits = emulator.run(emulator.request("seed-race").withPolicy("wait-for-drain"));
    }

    private static DynamicTest pair(String name, Consumer<RunResultAssert> assertion, RunResult good, RunResult bad, String message) {
        return DynamicTest.dynamicTest(name, () -> {
            assertion.accept(assertThat(good));
            assertThatThrownBy(() -> assertion.accept(assertThat(bad))).isInstanceOf(AssertionError.class)
                    .hasMessageContaining(message).hasMessageContaining("dmalab replay " + bad.token().orElseThrow());
            assertThatThrownBy(() -> assertion.accept(assertThat((RunResult) null))).isInstanceOf(AssertionError.class);
        });
    }

    @TestFactory
    List<DynamicTest> everyAssertion() {
        return List.of(
                pair("hasNoFinding", RunResultAssert::hasNoFinding, fixed, legacy, "Expected a run without a finding, but:"),
                pair("hasNoFinding of kinds", a -> a.hasNoFinding(FindingKind.OOPS, FindingKind.USE_AFTER_FREE), fixed, legacy,
                        "Expected a run without oops, use-after-free, but:"),
                pair("hasNoForbiddenFinding", RunResultAssert::hasNoForbiddenFinding, waits, legacy,
                        "Expected a run without a forbidden finding, but:"),
                pair("isClean", RunResultAssert::isClean, fixed, legacy, "Expected a clean run, but:"),
                pair("hasFinding", a -> a.hasFinding(FindingKind.USE_AFTER_FREE), legacy, fixed,
                        "Expected a run that finds use-after-free, but:"),
                pair("hasFinding with text", a -> a.hasFinding(FindingKind.USE_AFTER_FREE, "iommu_table"), legacy, fixed,
                        "Expected a run that finds use-after-free with 'iommu_table', but:"),
                pair("hasFindings", a -> a.hasFindings(), fixed, legacy, "Expected a run that finds exactly nothing, but:"),
                pair("removed", RunResultAssert::removed, legacy, unfinished(), "removal of eth4: unfinished, still blocked after"),
                pair("removedWithin", a -> a.removedWithin(Duration.ofSeconds(1)), legacy, unfinished(),
                        "Expected every removal to succeed within 1.00 s, but:"),
                pair("removedWithin, too late", a -> a.removedWithin(Duration.ofNanos(fixed.blockedNanos())), fixed, waits,
                        "removal of nic: removed, back after"),
                pair("leaks", a -> a.leaks(0), fixed, leaky(), "Expected leaked_tces to be 0, but it is"),
                pair("hasMetric", a -> a.hasMetric(Metrics.LATE_UNMAPS, 0), fixed, legacy, "Expected late_unmaps to be 0, but it is 1:"),
                pair("metric", a -> a.metric(Metrics.LATE_UNMAPS).isLessThan(1), fixed, legacy, "late_unmaps of seed-race, policy legacy"),
                pair("logContains", a -> a.logContains("iommu_table"), legacy, fixed, "with 'iommu_table' among the"),
                pair("logContainsPattern", a -> a.logContainsPattern(Pattern.compile("BUG: KASAN: .*use-after-free")), legacy, fixed,
                        "that matches 'BUG: KASAN: .*use-after-free'"),
                pair("logDoesNotContain", a -> a.logDoesNotContain("KASAN"), fixed, legacy, "BUG: KASAN"),
                pair("hasDigest", a -> a.hasDigest(fixed.digestText()), fixed, legacy, "Expected digest " + fixed.digestText()),
                pair("hasDigestOf", a -> a.hasDigestOf(legacy), legacy, fixed, "but it is " + fixed.digestText()));
    }

    /** A socket that nobody reads: the removal has not returned when the run ends. */
    private static RunResult unfinished() {
        Emulator emulator = Emulator.load();
        return emulator.run(emulator.request("never-read-socket").withPolicy("wait-for-drain,cap=forever")
                .withSetting(new Setting("limits.time", "20s")));
    }

    /** Someone who never gives the page back. */
    private static RunResult leaky() {
        Emulator emulator = Emulator.load();
        return emulator.run(emulator.request("seed-race").withPolicy("legacy")
                .withSetting(new Setting("devices[nic].driver.hold", "forever")));
    }

    @Test
    @DisplayName("a counter that does not exist is no counter that is 0")
    void misspeltCounter() {
        ThrowingCallable misspelt = () -> assertThat(fixed).hasMetric("late_unmap", 0);
        assertThatThrownBy(misspelt).isInstanceOf(AssertionError.class)
                .hasMessageContaining("There is no counter 'late_unmap' in this run; did you mean 'late_unmaps'? known: ");
        assertThat(fixed).hasMetric(Metrics.ZOMBIE_BYTES_PEAK, 0);
    }

    @Test
    @DisplayName("a run without a log does not pass for one whose log has no such line")
    void noLog() {
        Emulator emulator = Emulator.load();
        RunResult quiet = emulator.run(emulator.request("seed-race").withPolicy("legacy").withoutLog());
        assertThatThrownBy(() -> assertThat(quiet).logDoesNotContain("nonsense")).isInstanceOf(AssertionError.class)
                .hasMessageContaining("The run was asked not to keep its log");
    }

    @Test
    @DisplayName("nothing that is removed is not a removal in time")
    void nothingRemoved() {
        Emulator emulator = Emulator.load();
        RunResult idle = emulator.run(emulator.request(Scenario.builder("idle")
                .device("nic", Use.of("pool-nic")).build()));
        assertThatThrownBy(() -> assertThat(idle).removedWithin(Duration.ofDays(1))).hasMessageContaining("nothing was to be removed");
    }

    @Test
    @DisplayName("assertions inherited from AssertJ show the token too")
    void inherited() {
        assertThatThrownBy(() -> assertThat(legacy).matches(RunResult::clean)).hasMessageContaining("dmalab replay run1:seed-race@");
    }
}
