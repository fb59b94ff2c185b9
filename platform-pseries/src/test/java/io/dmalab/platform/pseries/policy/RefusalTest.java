package io.dmalab.platform.pseries.policy;

import static io.dmalab.platform.pseries.policy.LatePage.SECOND;
import static io.dmalab.platform.pseries.policy.LatePage.options;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.device.Platform.Outcome;
import io.dmalab.api.device.SlotTaken;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.platform.pseries.TestPartition;
import io.dmalab.platform.pseries.iommu.IommuTable;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Policies under which a removal fails instead of the table (free-policies.md P2 wait-then-ebusy; dlpar-and-notifiers.md 2, -9001). */
class RefusalTest {
    /** A partition whose policy is {@code wait-then-ebusy}. */
    private static TestPartition partition(String text) {
        TestPartition[] made = new TestPartition[1];
        made[0] = TestPartition.builder().policy(new Late(() -> new WaitThenEbusy(made[0].kernel, made[0].setup,
                options(WaitThenEbusy.Options.class, text)))).build();
        return made[0];
    }

    @Test
    @DisplayName("free-policies.md P2: wait-then-ebusy: the pages come home within the cap, and the removal goes on")
    void ebusyWithinTheCap() {
        try (TestPartition partition = partition("")) {
            partition.run(device -> {
                device.get();
                long address = partition.map(device);
                partition.after(10 * SECOND, () -> partition.unmap(device, address));
                long before = partition.kernel.clock().now();
                assertThat(partition.remove(device)).isEqualTo(new Outcome.Removed());
                assertThat((partition.kernel.clock().now() - before) / 1e9).isBetween(10.0, 10.2);
            });
            assertThat(partition.kernel.findingRecords()).allSatisfy(f -> assertThat(f.kind()).isEqualTo(FindingKind.LATE_UNMAP));
        }
    }

    @Test
    @DisplayName("free-policies.md P2: wait-then-ebusy: at the deadline EBUSY, the driver bound again to the same device, window and table; "
            + "late pages are unmapped as ever, and a second try goes through")
    void ebusyAtTheDeadline() {
        try (TestPartition partition = partition("cap=5s")) {
            partition.run(device -> {
                long address = partition.map(device);
                IommuTable table = TestPartition.table(device);
                assertThat(partition.remove(device)).isInstanceOfSatisfying(Outcome.Failed.class, failed -> {
                    assertThat(failed.errno()).isEqualTo(16);
                    assertThat(failed.why()).contains("1 TCEs of LIOBN 0x70000016 are in use");
                });
                assertThat(device.bound()).isTrue();
                assertThat(partition.kernel.devices().all()).contains(device);
                assertThat(device.node().attached()).isTrue();
                assertThat(TestPartition.table(device)).isSameAs(table);
                assertThat(partition.hypervisor().window(0x70000016)).isNotNull();
                partition.unmap(device, address);
                assertThat(partition.remove(device)).isEqualTo(new Outcome.Removed());
                assertThat(partition.remove(device)).as("a third time there is nothing to remove").isInstanceOf(Outcome.Failed.class);
            });
            assertThat(partition.kernel.findingRecords()).isEmpty();
            assertThat(partition.metric(Metrics.POLL_ROUNDS)).isBetween(99L, 101L);
        }
    }

    @Test
    @DisplayName("free-policies.md P2: wait-then-ebusy: with the driver bound its own buffers count, and no removal ever goes through")
    void ebusyWithTheDriverBound() {
        for (String judge : new String[] {"bound", "unbound"}) {
            TestPartition partition = partition("cap=5s,judge=" + judge);
            try (partition) {
                long[] ring = new long[1];
                partition.remove = device -> partition.unmap(device, ring[0]);
                partition.run(device -> {
                    ring[0] = partition.map(device);
                    Outcome outcome = partition.remove(device);
                    assertThat(outcome instanceof Outcome.Removed).as(judge).isEqualTo(judge.equals("unbound"));
                });
            }
        }
    }

    @Test
    @DisplayName("dlpar-and-notifiers.md 2: firmware-refuses: isolating a bridge answers -9001 and is tried again until the last page is home")
    void firmwareWaits() {
        try (LatePage late = LatePage.run(new FirmwareRefuses(), 7.5)) {
            assertThat(late.outcome).isEqualTo(new Outcome.Removed());
            assertThat(late.seconds).as("the next try of a second each").isBetween(7.9, 9.1);
            assertThat(late.found()).containsExactly("late-unmap");
        }
    }

    @Test
    @DisplayName("dlpar-and-notifiers.md 2: firmware-refuses: 20 tries later the removal fails with -9001; node, window and table stay, a late "
            + "unmap works, the slot is not free, and a second drmgr ends it")
    void firmwareRefuses() {
        try (TestPartition partition = TestPartition.builder().policy(new FirmwareRefuses()).build()) {
            partition.run(device -> {
                device.get();
                long address = partition.map(device);
                assertThat(partition.remove(device)).isInstanceOfSatisfying(Outcome.Failed.class, failed -> {
                    assertThat(failed.errno()).isEqualTo(17);
                    assertThat(failed.why()).contains("with -9001: Valid outstanding translations exist.");
                });
                assertThat(device.bound()).isFalse();
                assertThat(partition.kernel.devices().all()).doesNotContain(device);
                Assertions.assertThatThrownBy(() -> partition.plug("eth4", 0)).isInstanceOf(SlotTaken.class)
                        .hasMessageContaining("has not been given back");
                partition.unmap(device, address);
                assertThat(partition.remove(device)).isEqualTo(new Outcome.Removed());
            });
            assertThat(partition.kernel.findingRecords()).allSatisfy(f -> assertThat(f.kind()).isEqualTo(FindingKind.LATE_UNMAP));
        }
    }

    @Test
    @DisplayName("firmware-refuses, fails by: a directly mapped window is never empty, so its slot is never given back")
    void firmwareAndDirectWindow() {
        try (LatePage late = LatePage.run(new FirmwareRefuses(), TestPartition.builder().options("iommu=pseries-direct"))) {
            assertThat(late.outcome).isInstanceOf(Outcome.Failed.class);
        }
    }
}
