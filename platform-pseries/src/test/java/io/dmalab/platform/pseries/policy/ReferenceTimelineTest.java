package io.dmalab.platform.pseries.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.device.Device;
import io.dmalab.api.device.Platform.Outcome;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.core.scenario.Configured;
import io.dmalab.platform.pseries.TestPartition;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * dlpar-and-notifiers.md section 11 as far as this module alone goes: one page is still mapped when the device is removed and comes home a
 * time {@code t} after the node was detached. (The regime "tracked" needs the page_pool.)
 *
 * <pre>
 *   drmgr      power off ── detach ── [ table wait ] ── clear, RTAS remove ── isolate
 *   kworker                 0 ........................................ t: unmap
 * </pre>
 */
class ReferenceTimelineTest {
    private static final long SECOND = 1_000_000_000L;
    private TestPartition p;
    private double removalSeconds;
    private Outcome outcome;

    private static DrainOptions options(String text) {
        return (DrainOptions) Configured.parse(text, "test").bind(Optional.of(DrainOptions.class), List.of());
    }

    private static FreePolicy seed() {
        return new WaitForDrain(options("wait-for-drain"));
    }

    /** The page is unmapped {@code seconds} after the removal began. The device structure is pinned, as the page_pool of that time does. */
    private void removeWithLatePage(FreePolicy policy, TestPartition.Builder builder, int pages, long seconds) {
        p = builder.policy(policy).build();
        p.run(device -> {
            long[] addresses = new long[pages];
            for (int i = 0; i < pages; i++) {
                addresses[i] = p.map(device);
            }
            device.get();
            p.after(seconds * SECOND, () -> unmapAll(device, addresses));
            long before = p.kernel.clock().now();
            outcome = p.remove(device);
            removalSeconds = (p.kernel.clock().now() - before) / 1e9;
        });
        assertThat(outcome).isEqualTo(new Outcome.Removed());
    }

    private void unmapAll(Device device, long[] addresses) {
        for (long address : addresses) {
            p.unmap(device, address);
        }
    }

    private void removeWithLatePage(FreePolicy policy, long seconds) {
        removeWithLatePage(policy, TestPartition.builder(), 1, seconds);
    }

    @AfterEach
    void close() {
        p.close();
    }

    @ParameterizedTest(name = "t = {0} s")
    @ValueSource(longs = {10, 130})
    @DisplayName("dlpar-and-notifiers.md 11: legacy: window gone at once, one warning, table freed; at t a -4 block and a stale-table "
            + "access")
    void legacy(long t) {
        removeWithLatePage(new FreePolicy() {}, t);
        assertThat(removalSeconds).isLessThan(0.1);
        assertThat(p.lines("iommu_table_free: Unexpected TCEs")).isEqualTo(1);
        assertThat(p.lines("tce_freemulti_pSeriesLP: plpar_tce_stuff failed")).isEqualTo(1);
        assertThat(p.log()).contains("\trc      = -4");
        assertThat(p.count(FindingKind.HCALL_ERROR)).isEqualTo(1);
        assertThat(p.findings(FindingKind.USE_AFTER_FREE)).anySatisfy(f -> assertThat(f.subject()).startsWith("iommu_table"))
                .allSatisfy(f -> assertThat(f.firstNanos()).isGreaterThan(t * SECOND));
        assertThat(p.metric("dropped_tces")).isEqualTo(1);
        assertThat(p.metric("poll_rounds")).isZero();
    }

    @Test
    @DisplayName("dlpar-and-notifiers.md 11: seed, t = 10 s: the removal takes 10.0 to 10.05 s with 200 or 201 info lines, the unmap "
            + "succeeds, the window goes afterwards")
    void seedWithinTheCap() {
        removeWithLatePage(seed(), 10);
        assertThat(removalSeconds).isBetween(10.0, 10.1);
        assertThat(p.lines("iommu_table_free: Unexpected TCEs, wait for 50ms")).isBetween(199L, 201L).isEqualTo(p.metric("poll_rounds"));
        assertThat(p.kernel.findingRecords()).allSatisfy(f -> assertThat(f.kind()).isEqualTo(FindingKind.LATE_UNMAP));
        assertThat(p.hypervisor().window(0x70000016)).isNull();
        assertThat(p.metric("dropped_tces")).isZero();
    }

    @Test
    @DisplayName("dlpar-and-notifiers.md 11: seed, t = 130 s: 120 s, 2400 info lines, one warning, table freed, window removed; at t a "
            + "-4 block and a stale access")
    void seedBeyondTheCap() {
        removeWithLatePage(seed(), 130);
        assertThat(removalSeconds).isBetween(120.0, 120.2);
        assertThat(p.lines("Unexpected TCEs, wait for 50ms")).isBetween(2399L, 2400L);
        assertThat(p.lines("iommu_table_free: TCEs still mapped even after 120 seconds")).isEqualTo(1);
        assertThat(p.lines("tce_freemulti_pSeriesLP: plpar_tce_stuff failed")).isEqualTo(1);
        assertThat(p.count(FindingKind.HCALL_ERROR)).isEqualTo(1);
        assertThat(p.count(FindingKind.USE_AFTER_FREE)).isPositive();
    }

    @Test
    @DisplayName("free-policies.md invariant 5: on the timer wheel's lattice each 50 ms sleep takes 56 ms at HZ 250, so 2143 polls "
            + "reach the cap")
    void realSleeps() {
        removeWithLatePage(seed(), TestPartition.builder().config(c -> c.withTimers(250, false)), 1, 130);
        assertThat(p.metric("poll_rounds")).isEqualTo(p.lines("Unexpected TCEs, wait for 50ms")).isBetween(2130L, 2150L);
    }

    @Test
    @DisplayName("free-policies.md P2: wait without swap: a storm of H_PARAMETER, the bits are cleared all the same, the wait ends, no "
            + "use after free")
    void waitWithoutSwap() {
        removeWithLatePage(new WaitWithoutSwap(options("wait-without-swap")), TestPartition.builder(), 30, 3);
        assertThat(removalSeconds).isBetween(3.0, 3.1);
        assertThat(p.count(FindingKind.HCALL_ERROR)).isEqualTo(30);
        assertThat(p.lines("plpar_tce_stuff failed")).isEqualTo(10);
        assertThat(p.count(FindingKind.USE_AFTER_FREE)).isZero();
        assertThat(p.metric("dropped_tces")).isEqualTo(30);
    }

    @Test
    @DisplayName("free-policies.md P2: swap without wait: one warning, then use after free as in the legacy kernel")
    void swapWithoutWait() {
        removeWithLatePage(new SwapWithoutWait(), 3);
        assertThat(removalSeconds).isLessThan(0.1);
        assertThat(p.lines("iommu_table_free: Unexpected TCEs")).isEqualTo(1);
        assertThat(p.count(FindingKind.USE_AFTER_FREE)).isPositive();
    }

    @Test
    @DisplayName("free-policies.md P15a: a direct window: nothing waits, nothing is found, no unmap reaches a table")
    void directWindow() {
        removeWithLatePage(seed(), TestPartition.builder().options("iommu=pseries-direct"), 5, 3);
        assertThat(removalSeconds).isLessThan(0.1);
        assertThat(p.kernel.findingRecords()).allSatisfy(f -> assertThat(f.kind()).isEqualTo(FindingKind.LATE_UNMAP));
        assertThat(p.metric("removal_tce_calls")).isZero();
        assertThat(p.metric("dropped_tces")).isZero();
    }

    @Test
    @DisplayName("iommu-table.md open doubts: without the lifetime checker a stale table works until its memory is reused, and "
            + "then is an oops")
    void withoutKasan() {
        removeWithLatePage(new FreePolicy() {}, TestPartition.builder()
                .config(c -> c.withKasan(false, new io.dmalab.api.config.HoldTime.Constant(io.dmalab.api.config.Span.ofSeconds(5)))), 2, 3);
        assertThat(p.count(FindingKind.USE_AFTER_FREE)).isZero();
        assertThat(p.count(FindingKind.HCALL_ERROR)).isEqualTo(2);
        p.close();
        removeWithLatePage(new FreePolicy() {}, TestPartition.builder()
                .config(c -> c.withKasan(false, new io.dmalab.api.config.HoldTime.Constant(io.dmalab.api.config.Span.ofSeconds(5)))), 2, 7);
        assertThat(p.count(FindingKind.OOPS)).isEqualTo(1);
        assertThat(p.lines("BUG: Unable to handle kernel data access")).isEqualTo(1);
    }

    @Test
    @DisplayName("interval and cap are options: the messages name them, and a cap of forever never gives up")
    void drainOptions() {
        removeWithLatePage(new WaitForDrain(options("wait-for-drain,interval=10ms,cap=2s")), TestPartition.builder(), 1, 5);
        assertThat(p.lines("iommu_table_free: Unexpected TCEs, wait for 10ms")).isBetween(199L, 200L);
        assertThat(p.lines("iommu_table_free: TCEs still mapped even after 2 seconds")).isEqualTo(1);
        p.close();
        removeWithLatePage(new WaitForDrain(options("wait-for-drain,interval=1s,cap=forever")), TestPartition.builder(), 1, 500);
        assertThat(removalSeconds).isBetween(500.0, 501.1);
        assertThat(p.count(FindingKind.USE_AFTER_FREE)).isZero();
    }
}
