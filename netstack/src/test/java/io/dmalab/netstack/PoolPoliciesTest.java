package io.dmalab.netstack;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.Extension;
import io.dmalab.api.Extensions;
import io.dmalab.api.config.Span;
import io.dmalab.api.device.Device;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelProfile;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.api.policy.PoolGuard;
import io.dmalab.api.policy.Verdict;
import io.dmalab.netstack.policy.DestroyWaits;
import io.dmalab.netstack.policy.DeviceReference;
import io.dmalab.netstack.policy.DrainOnly;
import io.dmalab.netstack.policy.FixedArray;
import io.dmalab.netstack.policy.ItemBlocks;
import io.dmalab.netstack.policy.LeakMap;
import io.dmalab.netstack.policy.PoolDrain;
import io.dmalab.netstack.policy.PoolPolicies;
import io.dmalab.netstack.policy.ScanMemmap;
import io.dmalab.netstack.policy.StallUnregister;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the policies that live in page_pool do to one pool. */
class PoolPoliciesTest {
    private static final FixedArray.Options ONE_NANO = new FixedArray.Options(new Span(1));

    /** A policy that is made when its kernel is there. */
    private static final class Late implements FreePolicy {
        FreePolicy policy;

        @Override
        public PoolGuard guardPool(Device device, int poolSize) {
            return policy.guardPool(device, poolSize);
        }

        @Override
        public Verdict unregister(Device device, String netdev, int poolPagesInFlight) {
            return policy.unregister(device, netdev, poolPagesInFlight);
        }

        @Override
        public int bytesPerMappedPage() {
            return policy.bytesPerMappedPage();
        }
    }

    private static NetRig rig(Function<Kernel, FreePolicy> policy) {
        return rig(KernelProfile.V6_14, policy);
    }

    private static NetRig rig(KernelProfile profile, Function<Kernel, FreePolicy> policy) {
        Late late = new Late();
        NetRig rig = new NetRig(NetRig.config().withProfile(profile), late);
        late.policy = policy.apply(rig.kernel);
        return rig;
    }

    private static long metric(NetRig rig, String name) {
        return rig.kernel.metrics().counter(name).value();
    }

    // fixed-array, item-blocks

    @ParameterizedTest
    @CsvSource({"0, 2048", "32, 1024", "384, 1024", "385, 2048", "512, 2048", "1024, 2048", "8192, 16384"})
    @DisplayName("free-policies.md P8a: (pool_size or 1024) + 128 + 512 items, rounded up to a power of two; then allocations fail")
    void capacity(int poolSize, int items) {
        try (NetRig rig = rig(kernel -> new FixedArray(kernel, ONE_NANO))) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params(poolSize));
                List<Integer> pages = PagePoolTest.allocate(pool, items);
                assertThat(pool.allocPage()).isEqualTo(-1);
                assertThat(metric(rig, FixedArray.ITEM_FULL)).isEqualTo(metric(rig, Metrics.REFUSED_PAGES)).isPositive();
                assertThat(rig.ledger.live(rig.device)).as("the mapping of a refused page is undone").isEqualTo(items);
                assertThat(rig.kernel.policy().bytesPerMappedPage()).isEqualTo(8);
                rig.kernel.pages().get(pages.getFirst());
                pool.put(pages.getFirst(), 1, false);
                assertThat(pool.allocPage()).as("an item is free again").isNotNegative();
            });
            assertThat(rig.findings(FindingKind.ALLOCATION_FAILURE)).hasSize(1);
        }
    }

    @Test
    @DisplayName("free-policies.md P8a: the search for a free item is linear: the fuller the array, the longer")
    void linearSearch() {
        try (NetRig rig = rig(kernel -> new FixedArray(kernel, ONE_NANO))) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params(32));
                List<Integer> pages = PagePoolTest.allocate(pool, 1024);
                assertThat(metric(rig, Metrics.HOT_PATH_NS)).as("an empty array: one look a page").isEqualTo(1024);
                for (int i = 0; i < 64; i++) {
                    // out of the pool for good, one here and one there
                    rig.kernel.pages().get(pages.get(16 * i));
                    pool.put(pages.get(16 * i), 1, false);
                }
                PagePoolTest.allocate(pool, 64);
                assertThat(metric(rig, Metrics.HOT_PATH_NS)).as("every sixteenth is free: 16 looks a page").isEqualTo(1024 + 64 * 16);
            });
        }
    }

    @Test
    @DisplayName("free-policies.md P8b: 0.09 ns a page from the cache, 0.76 ns by the ring, 12.8 ns mapped and unmapped")
    void costOfItemBlocks() {
        try (NetRig rig = rig(ItemBlocks::new)) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params());
                for (int i = 0; i < 1_000; i++) {
                    pool.put(pool.allocPage(), 1, false);
                }
                assertThat(metric(rig, Metrics.HOT_PATH_NS)).as("64 maps, half of the pair").isEqualTo(64 * 64 / 10);
                assertThat(rig.kernel.policy().bytesPerMappedPage()).as("a block is a page of 64 KiB here, for 64 tracked ones")
                        .isEqualTo(1024);
                PagePoolStats stats = pool.stats();
                int cached = pool.cacheCount();
                pool.destroy();
                assertThat(pool.isFreed()).isTrue();
                rig.kernel.metricsTable().end();
                // what the walk unmaps is no longer on the data path
                long picos = (64 + cached) * 6_400L + stats.fast() * 90 + stats.ring() * 760;
                assertThat(metric(rig, Metrics.HOT_PATH_NS)).isBetween(picos / 1000 - 2, picos / 1000);
                assertThat(stats.ring()).isEqualTo(1_000);
            });
            assertThat(rig.iommu.maps).isEqualTo(rig.iommu.unmaps).isEqualTo(64);
        }
    }

    @Test
    @DisplayName("page-pool.md invariant 3 under every tracker: late returns and the walk together unmap each page once")
    void eachPageOnce() {
        List<Function<Kernel, FreePolicy>> trackers = List.of(ItemBlocks::new, kernel -> new FixedArray(kernel, ONE_NANO),
                kernel -> new ScanMemmap(kernel, new ScanMemmap.Options(new Span(5))));
        for (Function<Kernel, FreePolicy> tracker : trackers) {
            try (NetRig rig = rig(tracker)) {
                rig.run(() -> {
                    PagePool pool = rig.pools.create(rig.params(8));
                    List<Integer> pages = PagePoolTest.allocate(pool, 200);
                    pages.subList(0, 30).forEach(page -> pool.put(page, 1, false));
                    // while the walk takes its time
                    rig.softirq(1, 1, () -> pages.subList(30, 60).forEach(page -> pool.put(page, 1, false)));
                    pool.destroy();
                    assertThat(pool.mapped()).isZero();
                    assertThat(rig.iommu.entries).isEmpty();
                    int unmaps = rig.iommu.unmaps;
                    pages.subList(60, 200).forEach(page -> pool.put(page, 1, false));
                    rig.kernel.sched().msleep(2100);
                    assertThat(rig.iommu.unmaps).isEqualTo(unmaps);
                    assertThat(pool.isFreed()).isTrue();
                });
                assertThat(rig.iommu.maps).isEqualTo(rig.iommu.unmaps);
                assertThat(rig.kernel.findingRecords()).isEmpty();
            }
        }
    }

    // scan-memmap, leak-map, drain-only, destroy-waits

    @Test
    @DisplayName("free-policies.md P10: the walk takes O(RAM / page size), not O(pages in flight)")
    void scanTakesItsTime() {
        try (NetRig rig = rig(kernel -> new ScanMemmap(kernel, new ScanMemmap.Options(new Span(5))))) {
            long structPages = rig.kernel.pages().ramBytes() / rig.kernel.pages().pageSize();
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params());
                pool.allocPage();
                long before = rig.kernel.clock().now();
                pool.destroy();
                assertThat(rig.kernel.clock().now() - before).isBetween(5 * structPages - NetRig.MS, 5 * structPages + NetRig.MS);
                assertThat(metric(rig, ScanMemmap.SCANNED)).isEqualTo(structPages);
            });
        }
    }

    @Test
    @DisplayName("free-policies.md P11: what is in the ring at destroy is unmapped, what comes later is freed with its mapping")
    void leaks() {
        try (NetRig rig = rig(kernel -> new LeakMap(new LeakMap.Options(new Span(0))))) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params());
                List<Integer> pages = PagePoolTest.allocate(pool, 64);
                pages.subList(0, 60).forEach(page -> pool.put(page, 1, false));
                pool.destroy();
                assertThat(rig.iommu.entries).hasSize(4);
                pages.subList(60, 64).forEach(page -> pool.put(page, 1, false));
                rig.kernel.sched().msleep(1100);
                assertThat(pool.isFreed()).isTrue();
            });
            assertThat(rig.iommu.entries).as("for ever").hasSize(4);
            assertThat(metric(rig, PoolDma.LOST_MAPPINGS)).isEqualTo(4);
            assertThat(rig.findings(FindingKind.LEAK)).hasSize(1);
            assertThat(rig.findings(FindingKind.LEAK).getFirst().occurrences()).isEqualTo(4);
        }
    }

    @Test
    @DisplayName("free-policies.md P18: after destroy a page is unmapped by whoever brings it home, not by the worker")
    void drains() {
        try (NetRig rig = rig(kernel -> new DrainOnly())) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params());
                List<Integer> pages = PagePoolTest.allocate(pool, 64);
                pool.put(pages.getFirst(), 1, false);
                assertThat(pool.ringCount()).as("alive it recycles").isEqualTo(1);
                pool.destroy();
                int unmaps = rig.iommu.unmaps;
                pool.put(pages.get(1), 1, false);
                assertThat(rig.iommu.unmaps).isEqualTo(unmaps + 1);
                assertThat(pool.ringCount()).isZero();
                pages.subList(2, 64).forEach(page -> pool.put(page, 1, false));
                assertThat(rig.iommu.entries).isEmpty();
                assertThat(pool.isFreed()).as("the pool itself goes at a tick").isFalse();
                rig.kernel.sched().msleep(1100);
                assertThat(pool.isFreed()).isTrue();
            });
        }
    }

    @Test
    @DisplayName("free-policies.md P5: destroy returns when the last page is home, and has unmapped it")
    void waits() {
        try (NetRig rig = rig(kernel -> new DestroyWaits(kernel, new PoolDrain.Options(Span.ofMillis(100), Span.FOREVER)))) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params());
                int page = pool.allocPage();
                rig.softirq(1, 5 * NetRig.SECOND, () -> pool.put(page, 1, false));
                pool.destroy();
                assertThat(rig.kernel.clock().now()).isBetween(5 * NetRig.SECOND, 5 * NetRig.SECOND + 200 * NetRig.MS);
                assertThat(pool.isFreed()).isTrue();
                assertThat(rig.iommu.entries).isEmpty();
            });
            assertThat(rig.kernel.findingRecords()).isEmpty();
        }
    }

    // stall-unregister, device-reference

    @Test
    @DisplayName("free-policies.md P4, gaps: a pool that is not linked to the interface is not waited for")
    void unlinkedPoolsAreNotWaitedFor() {
        for (boolean linked : new boolean[] {true, false}) {
            try (NetRig rig = rig(kernel -> new StallUnregister(new StallUnregister.Options(true)))) {
                rig.run(() -> {
                    NetDevice dev = rig.netdev("eth4");
                    rig.netdevs.register(dev);
                    PagePool pool = rig.pools.create(rig.params(linked ? dev : null, null, 0));
                    int page = pool.allocPage();
                    pool.destroy();
                    rig.softirq(1, 20 * NetRig.SECOND, () -> pool.put(page, 1, false));
                    rig.netdevs.unregister(dev);
                    assertThat(rig.iommu.entries.isEmpty()).isEqualTo(linked);
                    assertThat(rig.kernel.clock().now() > 20 * NetRig.SECOND).isEqualTo(linked);
                });
            }
        }
    }

    @Test
    @DisplayName("free-policies.md P7a: without the reference struct device itself is touched after its end, with it not")
    void referenceOnTheDevice() {
        KernelProfile unpinned = KernelProfile.V6_14.toBuilder().poolPinsDevice(false).build();
        for (boolean held : new boolean[] {true, false}) {
            try (NetRig rig = rig(unpinned, kernel -> held ? new DeviceReference() : new FreePolicy() {})) {
                rig.run(() -> {
                    PagePool pool = rig.pools.create(rig.params());
                    int page = pool.allocPage();
                    pool.destroy();
                    rig.kernel.devices().rescanRemoveLock().lock();
                    rig.kernel.devices().remove(rig.device);
                    rig.kernel.devices().rescanRemoveLock().unlock();
                    assertThat(rig.device.object().alive()).isEqualTo(held);
                    pool.put(page, 1, false);
                    rig.kernel.sched().msleep(1100);
                    assertThat(rig.device.object().alive()).as("the last reference goes with the pool").isFalse();
                });
                assertThat(rig.findings(FindingKind.USE_AFTER_FREE).isEmpty()).isEqualTo(held);
                assertThat(metric(rig, Metrics.LATE_UNMAPS)).as("the unmap is late either way").isEqualTo(1);
            }
        }
    }

    @Test
    void everyPolicyIsDescribedInTheFourParts() {
        List<Extension<?>> found = new ArrayList<>();
        PoolPolicies.register(new Extensions() {
            @Override
            public <T> void add(Extension<T> extension) {
                found.add(extension);
            }

            @Override
            public <T> void provide(Class<T> api, Class<? extends T> implementation) {}
        });
        assertThat(found).extracting(Extension::id).containsExactly("stall-unregister", "destroy-waits", "bounded-stall-then-force",
                "device-reference", "module-reference", "fixed-array", "item-blocks", "unmap-at-destroy", "scan-memmap", "leak-map",
                "kick-holders", "provider-unmaps", "revoke-and-wait", "drain-only");
        assertThat(found).allSatisfy(policy -> assertThat(policy.description()).contains("Mechanism  ", "Origin     ", "Cost       ",
                "Fails by   "));
        assertThat(found).allSatisfy(policy -> assertThat(policy.description().replaceAll("\\s+", " ")).containsPattern(
                "Facts: .*free-policies.md P\\d"));
    }
}
