package io.dmalab.netstack;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.Extension;
import io.dmalab.api.Extensions;
import io.dmalab.api.kernel.Counter;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.KernelProfile;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.api.policy.PoolGuard;
import io.dmalab.api.policy.PoolTeardown;
import io.dmalab.netstack.policy.MappedPages;
import io.dmalab.netstack.policy.PoolPolicies;
import io.dmalab.netstack.policy.UnmapAtDestroy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The merged fix, as part of a kernel and as a policy on an older one. */
class UnmapAtDestroyTest {
    /** The policy needs its kernel, and the kernel its policy. */
    private static NetRig rig(KernelProfile profile, int idBits) {
        AtomicReference<FreePolicy> policy = new AtomicReference<>();
        NetRig rig = new NetRig(NetRig.config().withProfile(profile), new FreePolicy() {
            @Override
            public PoolGuard guardPool(io.dmalab.api.device.Device device, int poolSize) {
                return policy.get().guardPool(device, poolSize);
            }

            @Override
            public int bytesPerMappedPage() {
                return policy.get().bytesPerMappedPage();
            }
        });
        policy.set(new UnmapAtDestroy(rig.kernel, new UnmapAtDestroy.Options(idBits)));
        return rig;
    }

    static Stream<NetRig> rigs() {
        return Stream.of(rig(KernelProfile.V6_14, 21), new NetRig(KernelProfile.V6_16), rig(KernelProfile.V6_16, 21));
    }

    @ParameterizedTest
    @MethodSource("rigs")
    @DisplayName("page-pool.md invariants 2 and 3, free-policies.md invariant 6: nothing is mapped after destroy, nothing unmapped twice")
    void nothingStaysMapped(NetRig rig) {
        try (rig) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params(8));
                List<Integer> pages = PagePoolTest.allocate(pool, 100);
                pages.subList(0, 20).forEach(page -> pool.put(page, 1, false));
                pool.destroy();
                assertThat(rig.iommu.entries).isEmpty();
                assertThat(rig.ledger.live(rig.device)).isZero();
                assertThat(pool.mapped()).isZero();
                assertThat(pool.inflight()).isEqualTo(80);
                assertThat(rig.kernel.clock().now()).as("one grace period and the cost of tracking").isBetween(50_000L, 300_000L);
                int unmaps = rig.iommu.unmaps;
                pages.subList(20, 100).forEach(page -> pool.put(page, 1, false));
                rig.kernel.sched().msleep(1100);
                assertThat(rig.iommu.unmaps).as("late returns do not call the DMA API").isEqualTo(unmaps);
                assertThat(pool.isFreed()).isTrue();
            });
            assertThat(rig.iommu.maps).isEqualTo(rig.iommu.unmaps).isEqualTo(128);
            assertThat(rig.kernel.findingRecords()).isEmpty();
        }
    }

    @Test
    @DisplayName("page-pool.md 10: the pool needs no reference on its device any more")
    void noDeviceReference() {
        try (NetRig rig = rig(KernelProfile.V6_14, 21)) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params());
                int page = pool.allocPage();
                pool.destroy();
                var devices = rig.kernel.devices();
                devices.rescanRemoveLock().lock();
                devices.remove(rig.device);
                devices.rescanRemoveLock().unlock();
                assertThat(rig.device.object().alive()).isFalse();
                pool.put(page, 1, false);
            });
            assertThat(rig.kernel.findingRecords()).isEmpty();
            assertThat(rig.kernel.metrics().counter(Metrics.LATE_UNMAPS).value()).isZero();
        }
    }

    @Test
    @DisplayName("page-pool.md 10: without a free id the mapping is undone and the allocation fails, with one warning")
    void idsRunOut() {
        try (NetRig rig = rig(KernelProfile.V6_14, 6)) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params());
                List<Integer> pages = PagePoolTest.allocate(pool, 63);
                assertThat(pool.allocPage()).isEqualTo(-1);
                assertThat(pool.allocPage()).isEqualTo(-1);
                assertThat(pool.mapped()).isEqualTo(63);
                assertThat(rig.ledger.live(rig.device)).isEqualTo(63);
                rig.kernel.pages().get(pages.getFirst());
                pool.put(pages.removeFirst(), 1, false);
                assertThat(pool.allocPage()).as("an id is free again").isNotNegative();
            });
            assertThat(rig.logWith("couldn't track DMA mapping")).hasSize(1);
        }
    }

    @Test
    @DisplayName("page-pool.md 10: without a spare bit tracking is off and the old bug is back")
    void noSpareBits() {
        try (NetRig rig = rig(KernelProfile.V6_14, 0)) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params());
                int page = pool.allocPage();
                pool.destroy();
                assertThat(pool.mapped()).isEqualTo(1);
                pool.put(page, 1, false);
            });
            assertThat(rig.iommu.entries).isEmpty();
        }
    }

    @Test
    void costsOnTheHotPath() {
        try (NetRig rig = rig(KernelProfile.V6_14, 21)) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params());
                pool.put(pool.allocPage(), 1, false);
                Counter cost = rig.kernel.metrics().counter(Metrics.HOT_PATH_NS);
                assertThat(cost.value()).as("64 maps").isEqualTo(64 * 200);
                for (int i = 0; i < 10; i++) {
                    pool.put(pool.allocPage(), 1, true);
                }
                assertThat(cost.value()).as("recycling is free").isEqualTo(64 * 200);
            });
            assertThat(rig.kernel.policy().bytesPerMappedPage()).as("64 pages, ids 1 to 64: two nodes of 576 bytes").isEqualTo(18);
        }
    }

    @Test
    @DisplayName("page-pool.md 10: whichever of scrub and late return clears the slot unmaps, and only that one")
    void claimedOnce() {
        try (NetRig rig = new NetRig()) {
            MappedPages pages = new MappedPages(rig.kernel);
            rig.run(() -> {
                pages.mapped(7);
                pages.mapped(9);
                assertThat(pages.claimUnmap(7)).isTrue();
                assertThat(pages.claimUnmap(7)).isFalse();
                Recording pool = new Recording(rig);
                pages.firstScrub(pool);
                assertThat(pool.unmapped).containsExactly(9);
                assertThat(pages.claimUnmap(9)).isFalse();
                assertThat(pages.tracked()).isZero();
            });
        }
    }

    @Test
    void isRegisteredWithAFullDescription() {
        Map<String, Extension<?>> found = new LinkedHashMap<>();
        PoolPolicies.register(new Extensions() {
            @Override
            public <T> void add(Extension<T> extension) {
                found.put(extension.id(), extension);
            }

            @Override
            public <T> void provide(Class<T> api, Class<? extends T> implementation) {}
        });
        Extension<?> policy = found.get("unmap-at-destroy");
        assertThat(policy.spi()).isEqualTo(FreePolicy.class);
        assertThat(policy.options()).contains(UnmapAtDestroy.Options.class);
        assertThat(policy.description()).contains("Mechanism  ", "Origin  ", "ee62ce7a1d90", "Cost  ", "Fails by  ");
    }

    @Test
    @DisplayName("free-policies.md P5, P10, P11: what a guard may do in a teardown")
    void teardown() {
        List<Integer> seen = new ArrayList<>();
        PoolGuard guard = new PoolGuard() {
            @Override
            public void stillInFlight(PoolTeardown pool) {
                pool.forEachPage(seen::add);
                assertThat(pool.inflight()).isEqualTo(2);
                pool.unmap(seen.getFirst());
                pool.unmap(seen.getFirst());
                pool.dropDmaMap();
                pool.kernel().sched().msleep(10);
                pool.emptyRing();
            }
        };
        NetRig rig = new NetRig(NetRig.config(), new FreePolicy() {
            @Override
            public PoolGuard guardPool(io.dmalab.api.device.Device device, int poolSize) {
                return guard;
            }
        });
        try (rig) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params());
                List<Integer> pages = PagePoolTest.allocate(pool, 2);
                rig.softirq(1, 1_000_000, () -> pages.forEach(page -> pool.put(page, 1, false)));
                pool.destroy();
                assertThat(pool.isFreed()).as("everything came home while the guard waited").isTrue();
                assertThat(seen).containsExactlyInAnyOrderElementsOf(pages).isSorted();
            });
            assertThat(rig.iommu.entries).as("one was unmapped by the guard, the other forgotten").hasSize(1);
            assertThat(rig.kernel.findingRecords().stream().filter(f -> f.kind() == FindingKind.DOUBLE_UNMAP)).isEmpty();
        }
    }

    @Test
    @DisplayName("netstack-holders.md invariant 7: packets are freed in atomic context, so a release path that sleeps is found")
    void sleepingInTheReleasePath() {
        AtomicReference<NetRig> self = new AtomicReference<>();
        PoolGuard sleepy = new PoolGuard() {
            @Override
            public boolean claimUnmap(int page) {
                self.get().kernel.sched().msleep(50);
                return true;
            }
        };
        NetRig rig = new NetRig(NetRig.config(), new FreePolicy() {
            @Override
            public PoolGuard guardPool(io.dmalab.api.device.Device device, int poolSize) {
                return sleepy;
            }
        });
        self.set(rig);
        try (rig) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params(1));
                List<Integer> skbs = new ArrayList<>();
                PagePoolTest.allocate(pool, 3).forEach(page -> skbs.add(rig.skbs.build(page, 0, 100, 2048, null, 0)));
                rig.softirq(1, 10, () -> skbs.forEach(rig.skbs::release));
            });
            assertThat(rig.findings(FindingKind.SLEEP_IN_ATOMIC)).isNotEmpty();
            assertThat(rig.findings(FindingKind.SLEEP_IN_ATOMIC).getFirst().stacks().getFirst().functions())
                    .contains("page_pool_return_page", "page_pool_put_unrefed_page", "napi_pp_put_page", "skb_release_data", "consume_skb");
        }
    }

    private record Recording(NetRig rig, List<Integer> unmapped) implements PoolTeardown {
        Recording(NetRig rig) {
            this(rig, new ArrayList<>());
        }

        @Override
        public io.dmalab.api.kernel.Kernel kernel() {
            return rig.kernel;
        }

        @Override
        public io.dmalab.api.device.Device device() {
            return rig.device;
        }

        @Override
        public int inflight() {
            return 1;
        }

        @Override
        public void emptyRing() {}

        @Override
        public boolean stopSync() {
            return true;
        }

        @Override
        public void dropDmaMap() {}

        @Override
        public void stopRecycling() {}

        @Override
        public void unmap(int page) {
            unmapped.add(page);
        }

        @Override
        public void forEachPage(java.util.function.IntConsumer page) {}
    }
}
