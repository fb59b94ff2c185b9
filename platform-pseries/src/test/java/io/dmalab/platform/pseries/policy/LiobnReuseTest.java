package io.dmalab.platform.pseries.policy;

import static io.dmalab.platform.pseries.policy.LatePage.SECOND;
import static io.dmalab.platform.pseries.policy.LatePage.options;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Span;
import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.platform.pseries.TestPartition;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * A window's number and address are given out again while a page of its former device is still mapped (free-policies.md P12c).
 *
 * <pre>
 *   drmgr      remove ── plug ── new device maps the same address
 *   kworker    0 .......................................... 5 s: unmap of the old device's page
 *   device                                                        DMA: let through, or frozen?
 * </pre>
 */
class LiobnReuseTest {
    private record Seen(long foreign, boolean frozen, long refused, long dropped, long useAfterFree) {}

    private static FreePolicy generation(String carrier, TestPartition[] partition) {
        return new Late(() -> new GenerationCheck(partition[0].kernel, options(GenerationCheck.Options.class, "carried-by=" + carrier)));
    }

    private static Seen run(FreePolicy policy, boolean kasan, TestPartition[] holder) {
        try (TestPartition p = TestPartition.builder().policy(policy)
                .config(c -> c.withKasan(kasan, new HoldTime.Constant(Span.ofSeconds(3600)))).build()) {
            holder[0] = p;
            boolean[] frozen = new boolean[1];
            p.run(old -> {
                long oldPage = p.map(old);
                old.get();
                p.after(5 * SECOND, () -> p.unmap(old, oldPage));
                p.remove(old);
                Device fresh = p.start("eth4", 0);
                long newPage = p.map(fresh);
                assertThat(newPage).as("the allocator begins where it began").isEqualTo(oldPage);
                p.kernel.sched().sleepNanos(6 * SECOND);
                frozen[0] = p.dma().deviceAccess(fresh, newPage, 64, true) == DmaApi.MAPPING_ERROR;
            });
            return new Seen(p.count(FindingKind.FOREIGN_ENTRY_CLEARED), frozen[0], p.count(FindingKind.HCALL_ERROR),
                    p.metric(Metrics.DROPPED_LATE_UNMAPS), p.count(FindingKind.USE_AFTER_FREE));
        }
    }

    @Test
    @DisplayName("free-policies.md P12c: legacy and a mere reference clear the new device's entry in silence, and its DMA freezes it")
    void silentlyCleared() {
        Map<String, FreePolicy> policies = new LinkedHashMap<>();
        policies.put("legacy", new FreePolicy() {});
        policies.put("swap-without-wait", new SwapWithoutWait());
        policies.put("table-reference", new TableReference(options(TableReference.Options.class, "dead-flag=off")));
        policies.put("wait-without-swap", new WaitWithoutSwap(options(DrainOptions.class, "cap=1s")));
        policies.forEach((name, policy) ->
                assertThat(run(policy, false, new TestPartition[1])).as(name).isEqualTo(new Seen(1, true, 0, 0, 0)));
    }

    @Test
    @DisplayName("free-policies.md P12a, b, c: a tombstone, a cleared pointer and a generation all keep the old unmap from the new window")
    void safe() {
        TestPartition[] holder = new TestPartition[1];
        assertThat(run(new ZombieTable(options(ZombieTable.Options.class, "")), true, holder)).isEqualTo(new Seen(0, false, 0, 1, 0));
        assertThat(run(new NullBase(options(GracePeriod.class, "")), true, holder)).isEqualTo(new Seen(0, false, 0, 1, 0));
        assertThat(run(new TableReference(options(TableReference.Options.class, "")), true, holder)).isEqualTo(new Seen(0, false, 0, 1, 0));
        assertThat(run(generation("device", holder), true, holder)).isEqualTo(new Seen(0, false, 0, 1, 0));
    }

    @Test
    @DisplayName("free-policies.md P12c, fails by: a generation in the table protects the new entry, but reading it is a use after free")
    void carriedByTheTable() {
        TestPartition[] holder = new TestPartition[1];
        Seen seen = run(generation("table", holder), true, holder);
        assertThat(seen.foreign()).isZero();
        assertThat(seen.frozen()).isFalse();
        assertThat(seen.dropped()).isEqualTo(1);
        assertThat(seen.useAfterFree()).isPositive();
    }
}
