package io.dmalab.netstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.KernelProfile;
import io.dmalab.api.observe.TraceRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Allocation and recycling: where a page comes from and where it goes. */
class PagePoolTest {
    // creation

    static Stream<Arguments> refused() {
        DmaDirection rx = DmaDirection.FROM_DEVICE;
        return Stream.of(
                Arguments.of(KernelProfile.V6_14, DmaDirection.TO_DEVICE, true, true, 4096, 64, 22),
                Arguments.of(KernelProfile.V6_14, DmaDirection.NONE, true, false, 4096, 64, 22),
                Arguments.of(KernelProfile.V6_14, rx, false, true, 4096, 64, 22),
                Arguments.of(KernelProfile.V6_14, rx, true, true, 0, 64, 22),
                Arguments.of(KernelProfile.V6_14, rx, true, true, 4096, 32769, 7),
                Arguments.of(KernelProfile.V6_14, rx, true, true, 4096, -1, 7));
    }

    @ParameterizedTest
    @MethodSource("refused")
    @DisplayName("page-pool.md 1, KernelProfile.poolRingClamped: create-time errors, each with the kernel's line")
    void createTimeErrors(KernelProfile profile, DmaDirection direction, boolean map, boolean sync, int maxLen, int size, int errno) {
        try (NetRig rig = new NetRig(profile)) {
            rig.run(() -> {
                var params = new PagePool.Params(rig.device, null, null, -1, size, direction, map, sync, maxLen, 0);
                assertThatThrownBy(() -> rig.pools.create(params))
                        .isInstanceOfSatisfying(PagePoolException.class, e -> assertThat(e.errno()).isEqualTo(errno));
            });
            assertThat(rig.log()).contains("page_pool_create_percpu() gave up with errno -" + errno);
            assertThat(rig.pools.all()).isEmpty();
        }
    }

    @Test
    void whatIsAllowedAtCreation() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                PagePool largest = rig.pools.create(rig.params(32768));
                PagePool plain = rig.pools.create(rig.params(-1, 0, DmaDirection.NONE, false));
                PagePool xdp = rig.pools.create(rig.params(-1, 0, DmaDirection.BIDIRECTIONAL, true));
                assertThat(List.of(largest.id(), plain.id(), xdp.id())).containsExactly(1, 2, 3);
                assertThat(largest.ring.size()).isEqualTo(32768);
                assertThat(plain.ring.size()).isEqualTo(1024);
                plain.allocPage();
                assertThat(plain.mapped()).isZero();
                assertThat(plain.inflight()).isEqualTo(64);
            });
            assertThat(rig.log()).isEmpty();
        }
    }

    @Test
    @DisplayName("page-pool.md 1, KernelProfile.poolRingClamped: a ring of more than 16384 is clamped by newer kernels")
    void tooLargeARingIsClampedByNewerKernels() {
        try (NetRig rig = new NetRig(KernelProfile.V6_16)) {
            rig.run(() -> assertThat(rig.pools.create(rig.params(40000)).ring.size()).isEqualTo(16384));
        }
    }

    @Test
    void theOldNameOfTheFunctionThatGivesUp() {
        try (NetRig rig = new NetRig(KernelProfile.SLE15SP6_6_4)) {
            rig.run(() -> assertThatThrownBy(() -> rig.pools.create(rig.params(40000))).isInstanceOf(PagePoolException.class));
            assertThat(rig.log()).contains("page_pool_create() gave up with errno -7");
        }
    }

    // allocation

    @Test
    @DisplayName("page-pool.md 3: the slow path maps 64 pages though the caller gets one")
    void slowPathIsBulk() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params());
                int page = pool.allocPage();
                assertThat(pool.owners(page)).isEqualTo(1);
                assertThat(rig.pools.ofPage(page)).isSameAs(pool);
                assertThat(rig.kernel.pages().refCount(page)).isEqualTo(1);
                assertThat(rig.iommu.maps).isEqualTo(64);
                assertThat(pool.cacheCount()).isEqualTo(63);
                assertThat(pool.dmaAddress(page)).isNotEqualTo(-1);
                for (int i = 0; i < 63; i++) {
                    pool.allocPage();
                }
                assertThat(rig.iommu.maps).isEqualTo(64);
                pool.allocPage();
                assertThat(rig.iommu.maps).isEqualTo(128);
                PagePoolStats stats = pool.stats();
                assertThat(stats.fast()).isEqualTo(63);
                assertThat(stats.slow()).isEqualTo(2);
                assertThat(stats.empty()).isEqualTo(2);
            });
        }
    }

    @Test
    void cacheIsLastInFirstOut() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params());
                int a = pool.allocPage();
                int b = pool.allocPage();
                pool.put(a, 1, true);
                pool.put(b, 1, true);
                assertThat(pool.allocPage()).isEqualTo(b);
                assertThat(pool.allocPage()).isEqualTo(a);
            });
        }
    }

    @Test
    @DisplayName("page-pool.md 3: the ring refills the cache up to 64, first in first out")
    void refill() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params());
                List<Integer> pages = allocate(pool, 192);
                assertThat(pool.cacheCount()).isZero();
                pages.forEach(page -> pool.put(page, 1, false));
                assertThat(pool.ringCount()).isEqualTo(192);
                assertThat(pool.allocPage()).isEqualTo(pages.get(63));
                assertThat(pool.ringCount()).isEqualTo(128);
                assertThat(pool.cacheCount()).isEqualTo(63);
                assertThat(pool.stats().refill()).isEqualTo(1);
                assertThat(pool.allocPage()).isEqualTo(pages.get(62));
            });
        }
    }

    @Test
    @DisplayName("page-pool.md 3: pages that cannot be mapped are skipped; nothing is allocated only if all fail")
    void mappingFailures() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params());
                rig.iommu.refuse = 60;
                assertThat(pool.allocPage()).isNotNegative();
                assertThat(pool.inflight()).isEqualTo(4);
                allocate(pool, 3);
                rig.iommu.refuse = 64;
                assertThat(pool.allocPage()).isEqualTo(-1);
                assertThat(pool.inflight()).isEqualTo(4);
                assertThat(pool.stats().slow()).isEqualTo(1);
                assertThat(pool.allocPage()).isNotNegative();
            });
            assertThat(rig.kernel.findingRecords()).isEmpty();
        }
    }

    @Test
    @DisplayName("page-pool.md 3: pages of another node are waived one at a time; update_nid flushes the cache")
    void waive() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params());
                List<Integer> old = allocate(pool, 10);
                pool.updateNid(1);
                assertThat(pool.cacheCount()).isZero();
                assertThat(pool.inflight()).isEqualTo(10);
                old.subList(0, 2).forEach(page -> pool.put(page, 1, false));
                int fresh = pool.allocPage();
                assertThat(old).doesNotContain(fresh);
                assertThat(pool.stats().waive()).isEqualTo(1);
                assertThat(pool.ringCount()).isEqualTo(1);
                assertThat(pool.inflight()).isEqualTo(9 + 64);
                assertThat(pool.mapped()).isEqualTo(pool.inflight());
            });
            assertThat(rig.events("page_pool_update_nid")).singleElement()
                    .satisfies(event -> assertThat(event.values().subList(1, 3)).containsExactly(0L, 1L));
        }
    }

    // recycling

    @Test
    @DisplayName("page-pool.md 5: cache if direct, then ring, then unmapped at once")
    void recycleOrder() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params(4));
                List<Integer> pages = allocate(pool, 192);
                pages.subList(0, 128).forEach(page -> pool.put(page, 1, true));
                assertThat(pool.cacheCount()).isEqualTo(128);
                pages.subList(128, 132).forEach(page -> pool.put(page, 1, true));
                assertThat(pool.ringCount()).isEqualTo(4);
                assertThat(rig.iommu.unmaps).isZero();
                pool.put(pages.get(132), 1, true);
                assertThat(rig.iommu.unmaps).isEqualTo(1);
                assertThat(rig.kernel.pages().refCount(pages.get(132))).isZero();
                assertThat(rig.pools.ofPage(pages.get(132))).isNull();
                PagePoolStats stats = pool.stats();
                assertThat(stats.cached()).isEqualTo(128);
                assertThat(stats.cacheFull()).isEqualTo(5);
                assertThat(stats.ring()).isEqualTo(4);
                assertThat(stats.ringFull()).isEqualTo(1);
            });
        }
    }

    @Test
    @DisplayName("page-pool.md 4: only the last pool owner recycles; the count is 1 again then")
    void lastOwner() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params());
                int page = pool.allocPage();
                pool.fragment(page, 1024);
                pool.put(page, 1022, true);
                assertThat(pool.owners(page)).isEqualTo(2);
                pool.put(page, 1, true);
                assertThat(pool.stats().cached()).isZero();
                pool.put(page, 1, true);
                assertThat(pool.stats().cached()).isEqualTo(1);
                assertThat(pool.owners(page)).isEqualTo(1);
            });
        }
    }

    @Test
    @DisplayName("page-pool.md 4, netstack-holders.md invariant 2: a page that somebody else references leaves the pool at once")
    void elevatedReferenceCount() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params());
                int page = pool.allocPage();
                rig.kernel.pages().get(page);
                pool.put(page, 1, true);
                assertThat(pool.stats().releasedRefcnt()).isEqualTo(1);
                assertThat(rig.iommu.unmaps).isEqualTo(1);
                assertThat(pool.inflight()).isEqualTo(63);
                assertThat(rig.pools.ofPage(page)).isNull();
                assertThat(rig.kernel.pages().refCount(page)).isEqualTo(1);
                rig.kernel.pages().put(page);
            });
            assertThat(rig.kernel.findingRecords()).isEmpty();
        }
    }

    @Test
    @DisplayName("page-pool.md 5: direct recycling in softirq on the pool's CPU, never elsewhere and never in a hard interrupt")
    void napiLocal() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params(3, 0, DmaDirection.FROM_DEVICE, true));
                List<Integer> pages = allocate(pool, 4);
                int cached = pool.cacheCount();
                pool.put(pages.get(0), 1, false);
                assertThat(pool.ringCount()).as("task").isEqualTo(1);
                rig.softirq(2, 10, () -> pool.put(pages.get(1), 1, false));
                rig.kernel.sched().sleepNanos(20);
                assertThat(pool.ringCount()).as("softirq elsewhere").isEqualTo(2);
                rig.kernel.sched().at(rig.kernel.clock().now() + 10, ContextKind.HARDIRQ, 3, arg -> pool.put(pages.get(2), 1, false), 0);
                rig.kernel.sched().sleepNanos(20);
                assertThat(pool.ringCount()).as("hard interrupt").isEqualTo(3);
                rig.softirq(3, 10, () -> pool.put(pages.get(3), 1, false));
                rig.kernel.sched().sleepNanos(20);
                assertThat(pool.ringCount()).isEqualTo(3);
                assertThat(pool.cacheCount()).isEqualTo(cached + 1);
            });
        }
    }

    @Test
    void moreOwnersThanThereAreIsABug() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params());
                pool.put(pool.allocPage(), 2, false);
                assertThat(pool.stats().ring()).isZero();
            });
            assertThat(rig.findings(FindingKind.BUG)).hasSize(1);
        }
    }

    @Test
    void theLedgerKnowsThatThePoolHasThePage() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params());
                int page = pool.allocPage();
                assertThat(rig.kernel.pages().holderOf(page)).isEqualTo("page_pool 1");
                rig.kernel.pages().heldBy(page, rig.kernel.pages().holder("a socket"));
                pool.put(page, 1, false);
                assertThat(rig.kernel.pages().holderOf(page)).isEqualTo("page_pool 1");
            });
        }
    }

    @Test
    @DisplayName("page-pool.md 9, real-world-reports.md D: a page that is freed while it belongs to a pool is a bad page")
    void badPage() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params());
                int page = pool.allocPage();
                rig.kernel.pages().put(page);
                PagePool other = rig.pools.create(rig.params());
                assertThat(other.allocPage()).isNotNegative();
            });
            assertThat(rig.findings(FindingKind.BUG)).hasSize(1);
            assertThat(rig.log()).contains("page dumped because: page_pool leak");
        }
    }

    // fragments

    @Test
    @DisplayName("page-pool.md 3: parts of a page share it; the unused bias goes back when the next part does not fit")
    void fragments() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params());
                long a = pool.allocFrag(20_000);
                long b = pool.allocFrag(20_000);
                long c = pool.allocFrag(20_000);
                int page = (int) (a >>> 32);
                assertThat(List.of(b >>> 32, c >>> 32)).containsOnly((long) page);
                assertThat(List.of((int) a, (int) b, (int) c)).containsExactly(0, 20_000, 40_000);
                long d = pool.allocFrag(20_000);
                assertThat((int) (d >>> 32)).isNotEqualTo(page);
                assertThat(pool.owners(page)).isEqualTo(3);
                pool.put(page, 2, false);
                assertThat(pool.ringCount()).isZero();
                pool.put(page, 1, false);
                assertThat(pool.ringCount()).isEqualTo(1);
                assertThat(pool.allocFrag(32_769) & 0xffff_ffffL).isZero();
                pool.allocFrag(20_000);
                pool.allocFrag(20_000);
                pool.put((int) (d >>> 32), 3, false);
                assertThat(pool.allocFrag(20_000)).as("nobody has it: used again from its start").isEqualTo(d);
            });
            assertThat(rig.kernel.findingRecords()).isEmpty();
        }
    }

    // counters and events

    @Test
    @DisplayName("page-pool.md 2: both counters may wrap")
    void countersWrap() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params(1));
                pool.counters.startAt(-10);
                List<Integer> pages = allocate(pool, 64);
                assertThat(pool.inflight()).isEqualTo(64);
                pages.forEach(page -> pool.put(page, 1, false));
                assertThat(pool.inflight()).isEqualTo(1);
            });
            List<Object> holds = rig.events("page_pool_state_hold").stream().map(event -> event.values().get(4)).toList();
            assertThat(holds.subList(8, 11)).containsExactly(4294967295L, 0L, 1L);
        }
    }

    @Test
    @DisplayName("formats.md 1.2: the DMA unmap precedes page_pool_state_release, layouts as in the kernel")
    void traceEvents() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params());
                int page = pool.allocPage();
                rig.kernel.pages().get(page);
                pool.put(page, 1, false);
            });
            List<TraceRecord> all = rig.events;
            TraceRecord release = all.getLast();
            assertThat(release.type().name()).isEqualTo("page_pool:page_pool_state_release");
            assertThat(release.type().layout()).isEqualTo("page_pool=%p netmem=%p is_net_iov=%lu pfn=0x%lx release=%u");
            assertThat(all.get(all.size() - 2).type().name()).startsWith("dma:dma_unmap");
            TraceRecord hold = rig.events("page_pool_state_hold").getLast();
            assertThat(hold.type().layout()).isEqualTo("page_pool=%p netmem=%p is_net_iov=%lu, pfn=0x%lx hold=%u");
            assertThat(hold.values().get(4)).isEqualTo(64L);
            assertThat(release.values().subList(0, 2)).isEqualTo(hold.values().subList(0, 2));
        }
    }

    static List<Integer> allocate(PagePool pool, int count) {
        List<Integer> pages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int page = pool.allocPage();
            assertThat(page).isNotNegative();
            pages.add(page);
        }
        return pages;
    }
}
