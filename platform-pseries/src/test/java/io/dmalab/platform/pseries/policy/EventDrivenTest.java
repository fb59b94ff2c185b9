package io.dmalab.platform.pseries.policy;

import static io.dmalab.platform.pseries.policy.LatePage.options;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.policy.FreePolicy;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Policy {@code event-driven} (free-policies.md P3). */
class EventDrivenTest {
    private static FreePolicy policy(String text) {
        return new EventDriven(options(EventDriven.Options.class, text));
    }

    @Test
    @DisplayName("free-policies.md P3: the last of several unmaps wakes the remover at once; a poll takes up to an interval")
    void wakesAtOnce() {
        long poll;
        try (LatePage late = LatePage.run(new WaitForDrain(options(DrainOptions.class, "")), 3.01, 7.01)) {
            poll = late.metric(Metrics.WAKE_LATENCY_NS);
            assertThat(poll).isBetween(1_000_000L, 50_000_000L);
        }
        try (LatePage late = LatePage.run(policy(""), 3.01, 7.01)) {
            assertThat(late.metric(Metrics.WAKE_LATENCY_NS)).isLessThan(1_000_000L);
            assertThat(late.seconds).isBetween(7.01, 7.1);
            assertThat(late.metric(Metrics.POLL_ROUNDS)).isZero();
            assertThat(late.p.lines("Unexpected TCEs")).as("one line, not one a poll").isEqualTo(1);
            assertThat(late.found()).containsExactly("late-unmap");
            assertThat(late.metric(Metrics.HOT_PATH_OPS)).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("free-policies.md P3, fails by: past the cap it is the legacy kernel, only later")
    void cap() {
        try (LatePage late = LatePage.run(policy("cap=5s"), 8)) {
            assertThat(late.seconds).isBetween(5.0, 5.2);
            assertThat(late.found()).contains("use-after-free", "hcall-error");
            assertThat(late.p.lines("TCEs still mapped even after 5 seconds")).isEqualTo(1);
        }
    }

    /**
     * <pre>
     *   drmgr     in use? yes ── print, 400 ms ──────────── flag up ── [recheck: empty] ── go on
     *                                                               └─ [none]           ── sleep until the cap
     *   kworker                          last unmap: flag down, wakes nobody
     * </pre>
     */
    @Test
    @DisplayName("free-policies.md P3, fails by: an unmap between look and flag is lost without the second look, and harmless with it")
    void lostWakeUp() {
        try (LatePage late = LatePage.run(policy("log-time=400ms"), 0.2)) {
            assertThat(late.seconds).isBetween(0.4, 0.5);
        }
        try (LatePage late = LatePage.run(policy("log-time=400ms,recheck=off,cap=60s"), 0.2)) {
            assertThat(late.seconds).as("asleep beside an empty table").isBetween(60.0, 63.0);
            assertThat(late.metric(Metrics.WAKE_LATENCY_NS)).isGreaterThan(59_000_000_000L);
            assertThat(late.found()).containsExactly("late-unmap");
        }
    }
}
