package io.dmalab.platform.pseries.policy;

import static io.dmalab.platform.pseries.policy.LatePage.options;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmalab.api.device.Platform.Outcome;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.platform.pseries.TestPartition;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Policies that make a late unmap harmless (free-policies.md P2 quarantine, P12a, P12b). */
class TombstoneTest {
    /** Structure and bitmap of a table of 8 388 608 entries. */
    private static final long TABLE_BYTES = 848 + 8_388_608 / 8;

    private static FreePolicy zombie(String text) {
        return new ZombieTable(options(ZombieTable.Options.class, text));
    }

    @Test
    @DisplayName("free-policies.md P12a: nobody waits, no hypercall of a late unmap, the bitmap stays until its last bit, then a worker frees it")
    void zombieTable() {
        try (LatePage late = LatePage.run(zombie(""), 10, 20, 130)) {
            assertThat(late.outcome).isEqualTo(new Outcome.Removed());
            assertThat(late.seconds).isLessThan(0.1);
            assertThat(late.found()).containsExactly("late-unmap");
            assertThat(late.metric(Metrics.DROPPED_LATE_UNMAPS)).isEqualTo(3);
            assertThat(late.metric(Metrics.ZOMBIE_BYTES_PEAK)).isEqualTo(TABLE_BYTES);
            assertThat(late.metric(Metrics.ZOMBIE_BYTES)).isZero();
            assertThat(late.audit()).isEmpty();
            assertThat(late.metric(Metrics.DROPPED_ENTRIES)).isEqualTo(3);
            assertThat(late.metric(Metrics.LOST_ENTRIES) + late.metric(Metrics.ENTRIES_IN_USE)).isZero();
        }
    }

    @Test
    @DisplayName("free-policies.md P12a: without reap the table's memory stays for ever")
    void zombieForEver() {
        try (LatePage late = LatePage.run(zombie("reap=off"), 10)) {
            assertThat(late.metric(Metrics.ZOMBIE_BYTES)).isEqualTo(TABLE_BYTES);
        }
    }

    @Test
    @DisplayName("free-policies.md P12a: the flag costs one test an unmap, counted and charged")
    void flagTest() {
        try (LatePage late = LatePage.run(zombie(""), 1, 2, 3)) {
            assertThat(late.metric(Metrics.HOT_PATH_OPS)).isEqualTo(3);
            assertThat(late.metric(Metrics.HOT_PATH_NS)).isEqualTo(3L * HotPath.FLAG_TEST_NANOS);
        }
    }

    @Test
    @DisplayName("free-policies.md P12b: late unmaps find no table: no hypercall, no use after free, no memory, nothing on the data path")
    void nullBase() {
        try (LatePage late = LatePage.run(new NullBase(options(GracePeriod.class, "")), 10, 130)) {
            assertThat(late.outcome).isEqualTo(new Outcome.Removed());
            assertThat(late.seconds).isLessThan(0.1);
            assertThat(late.found()).containsExactly("late-unmap");
            assertThat(late.metric(Metrics.DROPPED_LATE_UNMAPS)).isEqualTo(2);
            assertThat(late.metric(Metrics.ZOMBIE_BYTES_PEAK)).isZero();
            assertThat(late.metric(Metrics.HOT_PATH_OPS)).isZero();
            assertThat(late.audit()).isEmpty();
            assertThat(late.metric(Metrics.LOST_ENTRIES)).as("gone with their table").isEqualTo(2);
        }
    }

    @Test
    @DisplayName("free-policies.md P12b, fails by: below a bridge that stays the table stays, and a late page's entry is never given back")
    void nullBaseBelowABridgeThatStays() {
        try (LatePage late = LatePage.run(new NullBase(options(GracePeriod.class, "")), TestPartition.builder().options("drc-type=pci"), 5)) {
            assertThat(late.audit()).isEmpty();
            assertThat(late.metric(Metrics.ENTRIES_IN_USE)).isEqualTo(1);
            assertThat(late.found()).containsExactly("late-unmap", "leak");
        }
        try (LatePage late = LatePage.run(zombie(""), TestPartition.builder().options("drc-type=pci"), 5)) {
            assertThat(late.audit()).isEmpty();
            assertThat(late.found()).containsExactly("late-unmap");
        }
    }

    @Test
    @DisplayName("a grace period that never ends is refused")
    void badOptions() {
        assertThatThrownBy(() -> options(GracePeriod.class, "grace-period=forever")).hasMessageContaining("use a time such as 20ms");
        assertThatThrownBy(() -> zombie("grace-period=forever")).hasMessageContaining("use a time such as 20ms");
    }

    @Test
    @DisplayName("free-policies.md P2: wait-then-quarantine: within the cap as the seed; beyond it the table is kept dead, no use after free")
    void quarantine() {
        FreePolicy policy = new WaitThenQuarantine(options(WaitThenQuarantine.Options.class, ""));
        try (LatePage late = LatePage.run(policy, 10)) {
            assertThat(late.seconds).isBetween(10.0, 10.1);
            assertThat(late.metric(Metrics.ZOMBIE_BYTES_PEAK)).isZero();
            assertThat(late.metric(Metrics.DROPPED_LATE_UNMAPS)).isZero();
        }
        try (LatePage late = LatePage.run(policy, 10, 130)) {
            assertThat(late.seconds).isBetween(120.0, 120.2);
            assertThat(late.p.lines("iommu_table_free: TCEs still mapped even after 120 seconds")).isEqualTo(1);
            assertThat(late.found()).containsExactly("late-unmap");
            assertThat(late.metric(Metrics.DROPPED_LATE_UNMAPS)).isEqualTo(1);
            assertThat(late.metric(Metrics.ZOMBIE_BYTES_PEAK)).isEqualTo(TABLE_BYTES);
            assertThat(late.metric(Metrics.ZOMBIE_BYTES)).isZero();
            assertThat(late.audit()).isEmpty();
        }
    }

    @Test
    @DisplayName("free-policies.md P2: wait-unbounded: ends with the last page, however late, and never frees a table in use")
    void unbounded() {
        try (LatePage late = LatePage.run(new WaitUnbounded(options(WaitUnbounded.Options.class, "interval=1s")), 500)) {
            assertThat(late.seconds).isBetween(500.0, 501.1);
            assertThat(late.found()).containsExactly("late-unmap");
            assertThat(late.metric(Metrics.POLL_ROUNDS)).isEqualTo(late.p.lines("Unexpected TCEs, wait for 1s")).isBetween(498L, 501L);
        }
    }

    @Test
    @DisplayName("free-policies.md P2: an empty table is not waited for, not kept, not marked")
    void idle() {
        for (FreePolicy policy : new FreePolicy[] {zombie(""), new NullBase(options(GracePeriod.class, "")),
            new WaitUnbounded(options(WaitUnbounded.Options.class, ""))}) {
            try (LatePage late = LatePage.run(policy)) {
                assertThat(late.seconds).isLessThan(0.1);
                assertThat(late.p.kernel.findingRecords()).isEmpty();
                assertThat(late.metric(Metrics.ZOMBIE_BYTES_PEAK)).isZero();
            }
        }
    }
}
