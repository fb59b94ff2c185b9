package io.dmalab.platform.pseries.policy;

import static io.dmalab.platform.pseries.policy.LatePage.options;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.device.Platform.Outcome;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.policy.FreePolicy;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Policy {@code table-reference} (free-policies.md P7c). */
class ReferenceHoldingTest {
    private static FreePolicy policy(String text) {
        return new TableReference(options(TableReference.Options.class, text));
    }

    @ParameterizedTest(name = "per {0}")
    @CsvSource({"mapping, 6", "transition, 2"})
    @DisplayName("free-policies.md P7c: the removal goes on, the last unmap has a worker free the table; an atomic operation for each map and "
            + "unmap, or for each transition")
    void outlives(String per, long atomics) {
        try (LatePage late = LatePage.run(policy("per=" + per), 1, 2, 200)) {
            assertThat(late.outcome).isEqualTo(new Outcome.Removed());
            assertThat(late.seconds).isLessThan(0.1);
            assertThat(late.found()).containsExactly("late-unmap");
            assertThat(late.metric(Metrics.HOT_PATH_OPS)).isEqualTo(atomics);
            assertThat(late.metric(Metrics.HOT_PATH_NS)).isEqualTo(atomics * HotPath.ATOMIC_NANOS);
            assertThat(late.metric(Metrics.ZOMBIE_BYTES_PEAK)).isEqualTo(848 + 8_388_608 / 8);
            assertThat(late.metric(Metrics.ZOMBIE_BYTES)).as("freed by the worker").isZero();
            assertThat(late.audit()).isEmpty();
            assertThat(late.metric(Metrics.LOST_ENTRIES)).isZero();
        }
    }

    @Test
    @DisplayName("free-policies.md P7c, fails by: without the dead flag each late unmap is refused by the hypervisor; memory stays safe")
    void withoutFlag() {
        try (LatePage late = LatePage.run(policy("dead-flag=off"), 1, 2)) {
            assertThat(late.found()).containsExactly("hcall-error", "late-unmap");
            assertThat(late.metric(Metrics.FAILED_TCE_CALLS)).isEqualTo(2);
            assertThat(late.metric(Metrics.ZOMBIE_BYTES)).isZero();
        }
    }

    @Test
    @DisplayName("a table without mappings goes with its endpoint")
    void idle() {
        try (LatePage late = LatePage.run(policy(""))) {
            assertThat(late.p.kernel.findingRecords()).isEmpty();
            assertThat(late.metric(Metrics.ZOMBIE_BYTES_PEAK)).isZero();
        }
    }
}
