package io.dmalab.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.observe.FindingRecord;
import io.dmalab.core.Emulator;
import io.dmalab.core.run.Removal;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.scenario.ScenarioReader;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The reference timeline of dlpar-and-notifiers.md section 11, all six cells, through the whole machine: one packet pins one page and
 * comes back {@code t} seconds after the device's node was detached. Timers are exact, so that 120 s are 2400 polls; the page is unmapped
 * by the retry worker, up to a second after its last holder let go.
 */
@DisplayName("dlpar-and-notifiers.md sections 10 and 11: the three regimes on the reference timeline")
class TimelineIT {
    private static final long SECOND = 1_000_000_000L;
    private static final String DETACH_AT = "5s";
    private static final String SCENARIO = """
            scenario: timeline
            timers: exact
            platform: { id: pseries, tool-step: 0s }
            devices:
              - name: eth4
                driver: { id: mlx, channels: 1, ack-every: 0 }
                traffic: { id: constant-rate, rate: 100pps, packet-size: 1500B, duration: 15ms }
            holders:
              - { id: hold, share: 1, time: %ds, reason: the late page }
            steps:
              - { at: %s, do: remove, device: eth4 }
            """;

    private final Emulator emulator = Emulator.load();

    private RunResult run(String policy, int t) {
        String text = SCENARIO.formatted(t + 5, DETACH_AT);
        RunResult result = emulator.run(emulator.request(ScenarioReader.read(text, "timeline.yaml")).withPolicy(policy));
        assertThat(result.metric(Metrics.RX_PACKETS)).isEqualTo(1);
        assertThat(result.removals()).hasSize(1).allMatch(Removal::removed);
        return result;
    }

    private static long blocked(RunResult result) {
        return result.removals().getFirst().blockedNanos(result.virtualNanos());
    }

    private static long lines(RunResult result, String text) {
        return result.log().stream().filter(line -> line.text().equals(text)).count();
    }

    /** Time between the removal's end and the unmap, in seconds. */
    private static double late(RunResult result, FindingKind kind) {
        FindingRecord found = result.finding(kind).orElseThrow(() -> new AssertionError(result.toString()));
        return (found.firstNanos() - result.removals().getFirst().startNanos()) / 1e9;
    }

    @ParameterizedTest(name = "t = {0} s")
    @ValueSource(ints = {10, 130})
    void legacy(int t) {
        RunResult result = run("legacy", t);
        assertThat(blocked(result)).isLessThan(SECOND / 10);
        assertThat(lines(result, "iommu_table_free: Unexpected TCEs")).isEqualTo(1);
        assertThat(result.metric(Metrics.FAILED_TCE_CALLS)).isEqualTo(1);
        assertThat(late(result, FindingKind.HCALL_ERROR)).isBetween((double) t, t + 1.05);
        assertThat(late(result, FindingKind.USE_AFTER_FREE)).isBetween((double) t, t + 1.05);
    }

    @ParameterizedTest(name = "t = {0} s")
    @ValueSource(ints = {10})
    void seedWithinTheCap(int t) {
        RunResult result = run("wait-for-drain", t);
        assertThat(blocked(result)).isBetween(t * SECOND, (t + 1) * SECOND + SECOND / 10);
        assertThat(lines(result, "iommu_table_free: Unexpected TCEs, wait for 50ms"))
                .isEqualTo(result.metric(Metrics.POLL_ROUNDS)).isBetween(t * 20L - 1, (t + 1) * 20L + 2);
        assertThat(result.metric(Metrics.FAILED_TCE_CALLS)).isZero();
        assertThat(result.metric(Metrics.DROPPED_TCES)).isZero();
        assertThat(result.clean()).as(result.toString()).isTrue();
    }

    @ParameterizedTest(name = "t = {0} s")
    @ValueSource(ints = {130})
    void seedBeyondTheCap(int t) {
        RunResult result = run("wait-for-drain", t);
        assertThat(blocked(result)).isBetween(120 * SECOND, 120 * SECOND + SECOND / 5);
        assertThat(lines(result, "iommu_table_free: Unexpected TCEs, wait for 50ms")).isEqualTo(2400);
        assertThat(lines(result, "iommu_table_free: TCEs still mapped even after 120 seconds")).isEqualTo(1);
        assertThat(late(result, FindingKind.HCALL_ERROR)).isBetween((double) t, t + 1.05);
        assertThat(late(result, FindingKind.USE_AFTER_FREE)).isBetween((double) t, t + 1.05);
    }

    @ParameterizedTest(name = "t = {0} s")
    @ValueSource(ints = {10, 130})
    @DisplayName("dlpar-and-notifiers.md invariant 10: tracked: the page is in flight after the removal, its TCE is not")
    void tracked(int t) {
        for (RunResult result : List.of(run("unmap-at-destroy", t),
                emulator.run(emulator.request(ScenarioReader.read(SCENARIO.formatted(t + 5, DETACH_AT) + "kernel: v6.16\n", "timeline.yaml"))))) {
            assertThat(blocked(result)).isLessThan(SECOND / 10);
            assertThat(result.removals().getFirst().mappedAfter()).as("dlpar invariant 10: no TCE in flight").isZero();
            assertThat(result.metric(Metrics.LATE_UNMAPS)).isZero();
            assertThat(result.log()).noneMatch(line -> line.text().contains("iommu_table_free"));
            assertThat(result.clean()).as(result.toString()).isTrue();
        }
    }
}
