package io.dmalab.platform.pseries.policy;

import static io.dmalab.platform.pseries.policy.LatePage.options;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.platform.pseries.TestPartition;
import io.dmalab.platform.pseries.iommu.IommuTable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Policy {@code lazy-flush} (free-policies.md P19). */
class LazyFlushTest {
    private static final long MS = 1_000_000;

    private static FreePolicy policy(String text) {
        return new LazyFlush(options(LazyFlush.Options.class, text));
    }

    @Test
    @DisplayName("free-policies.md P19: an unmapped address is not free: the hypervisor's entry goes at once, the bit when the timer fires or the "
            + "queue is full")
    void unmappedIsNotFree() {
        try (TestPartition p = TestPartition.builder().policy(policy("queue=4")).build()) {
            p.run(device -> {
                long[] addresses = new long[6];
                for (int i = 0; i < addresses.length; i++) {
                    addresses[i] = p.map(device);
                }
                IommuTable table = TestPartition.table(device);
                p.unmap(device, addresses[0]);
                assertThat(p.hypervisor().window(0x70000016).liveEntries()).isEqualTo(5);
                assertThat(table.used()).isEqualTo(6);
                p.kernel.sched().sleepNanos(20 * MS);
                assertThat(table.used()).as("10 ms, on the wheel").isEqualTo(5);
                for (int i = 1; i < 6; i++) {
                    p.unmap(device, addresses[i]);
                }
                assertThat(table.used()).as("the fifth found the queue full").isEqualTo(1);
                p.kernel.sched().sleepNanos(20 * MS);
                assertThat(table.inUse()).isFalse();
            });
            assertThat(p.metric(Metrics.HOT_PATH_OPS)).isEqualTo(6);
            assertThat(p.tables.audit()).isEmpty();
        }
    }

    /** The driver unmaps everything in time; the table is freed within the queue's timeout. */
    private static TestPartition removed(String text) {
        TestPartition p = TestPartition.builder().policy(policy(text)).build();
        long[] ring = new long[1];
        p.remove = device -> p.unmap(device, ring[0]);
        p.run(device -> {
            ring[0] = p.map(device);
            p.remove(device);
        });
        return p;
    }

    @Test
    @DisplayName("free-policies.md P19: destruction drains the queue; if it does not, a timer clears bits in freed memory without any late page")
    void drain() {
        try (TestPartition p = removed("timeout=1s,single=on")) {
            assertThat(p.kernel.findingRecords()).isEmpty();
            assertThat(p.lines("Unexpected TCEs")).isZero();
        }
        try (TestPartition p = removed("timeout=1s,single=on,drain=off")) {
            assertThat(p.lines("Unexpected TCEs")).isEqualTo(1);
            assertThat(p.count(FindingKind.LATE_UNMAP)).isZero();
            assertThat(p.findings(FindingKind.USE_AFTER_FREE).getFirst().stacks().getFirst().functions()).contains("fq_flush_timeout");
        }
    }

    @Test
    @DisplayName("free-policies.md P19: with late pages it is the legacy kernel")
    void latePage() {
        try (LatePage late = LatePage.run(policy(""), 3)) {
            assertThat(late.found()).contains("use-after-free", "hcall-error");
        }
    }

    @Test
    @DisplayName("bad options are refused with what to do")
    void badOptions() {
        assertThatThrownBy(() -> policy("queue=0")).hasMessageContaining("use 1 to 1048576");
        assertThatThrownBy(() -> policy("timeout=1us")).hasMessageContaining("use 1ms or more");
    }
}
