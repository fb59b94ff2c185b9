package io.dmalab.netstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.KernelProfile;
import io.dmalab.api.observe.LogLine;
import io.dmalab.api.observe.TraceRecord;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.core.kernel.KernelConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a pool ends: destroy, scrub, worker, warning. */
class PagePoolReleaseTest {
    private static final FreePolicy LEGACY = new FreePolicy() {};

    @Test
    @DisplayName("page-pool.md 7.1: a registered memory model is a second user; only the last one destroys")
    void userCount() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params());
                pool.registerMemModel();
                pool.allocPage();
                pool.destroy();
                assertThat(pool.isDestroyed()).isFalse();
                assertThat(pool.cacheCount()).isEqualTo(63);
                pool.unregisterMemModel();
                assertThat(pool.isDestroyed()).isTrue();
                assertThat(pool.cacheCount()).isZero();
                assertThat(pool.inflight()).isEqualTo(1);
                assertThat(pool.mapped()).isEqualTo(1);
            });
        }
    }

    @Test
    @DisplayName("page-pool.md invariant 5: freed at the first release attempt that sees nothing in flight, and once")
    void freedAtOnceIfNothingIsOut() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params());
                int page = pool.allocPage();
                pool.put(page, 1, false);
                pool.destroy();
                assertThat(pool.isFreed()).isTrue();
                assertThat(rig.pools.all()).isEmpty();
            });
            assertThat(rig.iommu.entries).isEmpty();
            assertThat(rig.events("page_pool_release")).singleElement()
                    .satisfies(event -> assertThat(event.values().subList(1, 5)).containsExactly(0L, 64L, 64L, 1L));
            assertThat(rig.kernel.now()).as("no worker was armed").isZero();
        }
    }

    @Test
    @DisplayName("page-pool.md invariant 4: after destroy cache empty, NAPI unlinked; a late return sits mapped in the ring until the tick")
    void afterDestroy() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                NetDevice dev = rig.netdev("eth4");
                Napi napi = rig.netdevs.napi(dev, 2, budget -> 0);
                PagePool pool = rig.pools.create(rig.params(dev, napi, 16));
                int page = pool.allocPage();
                pool.destroy();
                assertThat(pool.cacheCount()).isZero();
                assertThat(pool.napi).isNull();
                assertThat(rig.iommu.unmaps).isEqualTo(63);
                rig.kernel.sched().msleep(300);
                rig.softirq(2, 10, () -> pool.put(page, 1, false));
                rig.kernel.sched().sleepNanos(20);
                assertThat(pool.cacheCount()).isZero();
                assertThat(pool.ringCount()).isEqualTo(1);
                assertThat(pool.mapped()).isEqualTo(1);
            });
            assertThat(rig.iommu.entries).isEmpty();
        }
    }

    @Test
    @DisplayName("page-pool.md invariant 7: from the last free to the last unmap at most one worker period")
    void lateReturnWaitsForTheWorker() {
        try (NetRig rig = new NetRig()) {
            List<Long> unmaps = new ArrayList<>();
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params());
                int page = pool.allocPage();
                pool.destroy();
                rig.iommu.onUnmap = () -> unmaps.add(rig.kernel.now());
                rig.softirq(5, 300 * NetRig.MS, () -> {
                    pool.put(page, 1, false);
                    assertThat(pool.ringCount()).isEqualTo(1);
                    assertThat(pool.mapped()).isEqualTo(1);
                });
            });
            assertThat(unmaps).containsExactly(1_024_000_000L);
            assertThat(rig.pools.all()).isEmpty();
            assertThat(rig.kernel.findingRecords()).isEmpty();
        }
    }

    @Test
    @DisplayName("page-pool.md invariant 7, real-world-reports.md invariant 2: with a full ring the late return is unmapped in the "
            + "holder's context, at once")
    void lateReturnIntoAFullRing() {
        try (NetRig rig = new NetRig()) {
            List<Long> unmaps = new ArrayList<>();
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params(1));
                int first = pool.allocPage();
                int second = pool.allocPage();
                pool.destroy();
                rig.iommu.onUnmap = () -> unmaps.add(rig.kernel.now());
                rig.softirq(5, 300 * NetRig.MS, () -> {
                    pool.put(first, 1, false);
                    pool.put(second, 1, false);
                });
            });
            assertThat(unmaps).containsExactly(300 * NetRig.MS, 1_024_000_000L);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 250, 1000})
    @DisplayName("page-pool.md invariant 6: the worker's period is 1.040 s at HZ 100 and 1.024 s at HZ 250 and 1000")
    void workerPeriod(int hz) {
        long period = hz == 100 ? 1_040_000_000L : 1_024_000_000L;
        KernelConfig config = NetRig.config().withTimers(hz, false).withLimits(20 * NetRig.SECOND, Long.MAX_VALUE);
        try (NetRig rig = new NetRig(config, LEGACY)) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params());
                pool.allocPage();
                pool.destroy();
            });
            List<Long> ticks = rig.events("page_pool_release").stream().map(TraceRecord::timeNanos).toList();
            assertThat(ticks.getFirst()).isZero();
            assertThat(ticks).hasSizeGreaterThan(18);
            assertThat(ticks.get(1)).as("the first one depends on where in its bucket the wheel is")
                    .isBetween(NetRig.SECOND, 1_064_000_000L);
            for (int i = 2; i < ticks.size(); i++) {
                assertThat(ticks.get(i) - ticks.get(i - 1)).isEqualTo(period);
            }
        }
    }

    static Stream<Arguments> warningSeconds() {
        return Stream.of(
                Arguments.of(250, List.of(60, 120, 181, 241, 302, 362, 422, 483)),
                Arguments.of(1000, List.of(60, 120, 181, 241, 302, 362, 422, 483)),
                Arguments.of(100, List.of(60, 120, 180, 241, 301, 361, 422, 482)));
    }

    @ParameterizedTest
    @MethodSource("warningSeconds")
    @DisplayName("page-pool.md invariant 6: warnings on the timer wheel's lattice, never before 60 s")
    void warningCadence(int hz, List<Integer> seconds) {
        KernelConfig config = NetRig.config().withTimers(hz, false).withLimits(500 * NetRig.SECOND, Long.MAX_VALUE);
        try (NetRig rig = new NetRig(config, LEGACY)) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params());
                pool.allocPage();
                pool.destroy();
            });
            assertThat(rig.log()).containsExactlyElementsOf(seconds.stream()
                    .map(sec -> "page_pool_release_retry() stalled pool shutdown: id 1, 1 inflight " + sec + " sec").toList());
            List<LogLine> lines = rig.kernel.logLines();
            assertThat(lines.getFirst().timeNanos()).isGreaterThanOrEqualTo(60 * NetRig.SECOND);
            double distance = hz == 100 ? 60.32 : 60.416;
            assertThat((lines.get(4).timeNanos() - lines.get(3).timeNanos()) / 1e9).isCloseTo(distance, within(1e-9));
        }
    }

    @Test
    @DisplayName("page-pool.md 7 and open doubts, KernelProfile.poolWarningHasId, .poolWarningMuted: kernels before 6.8 warn "
            + "without an id, and even for a pool of an interface")
    void oldKernelsWarnWithoutAnIdAndEvenForAnInterface() {
        KernelConfig config = NetRig.config().withProfile(KernelProfile.SLE15SP6_6_4).withLimits(70 * NetRig.SECOND, Long.MAX_VALUE);
        try (NetRig rig = new NetRig(config, LEGACY)) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params(rig.netdev("eth4"), null, 0));
                pool.allocPage();
                pool.allocPage();
                pool.destroy();
            });
            assertThat(rig.log()).containsExactly("page_pool_release_retry() stalled pool shutdown 2 inflight 60 sec");
        }
    }

    @Test
    @DisplayName("page-pool.md 7, KernelProfile.poolWarningMuted: since 6.8 silent while linked to a netdev, also to loopback "
            + "after its unregistration")
    void mutedByAnInterface() {
        KernelConfig config = NetRig.config().withLimits(200 * NetRig.SECOND, Long.MAX_VALUE);
        try (NetRig rig = new NetRig(config, LEGACY)) {
            AtomicReference<PagePool> pool = new AtomicReference<>();
            rig.run(() -> {
                NetDevice dev = rig.netdev("eth4");
                rig.netdevs.register(dev);
                pool.set(rig.pools.create(rig.params(dev, null, 0)));
                pool.get().allocPage();
                pool.get().destroy();
                rig.kernel.sched().msleep(70_000);
                assertThat(pool.get().netdev()).isSameAs(dev);
                rig.netdevs.unregister(dev);
                assertThat(pool.get().netdev()).isSameAs(rig.netdevs.loopback());
            });
            assertThat(rig.log()).isEmpty();
            assertThat(rig.pools.all()).containsExactly(pool.get());
        }
    }

    @Test
    @DisplayName("page-pool.md 7, KernelProfile.poolWarningHasId: a pool whose loopback goes too becomes invisible and is warned "
            + "about")
    void invisible() {
        KernelConfig config = NetRig.config().withLimits(70 * NetRig.SECOND, Long.MAX_VALUE);
        try (NetRig rig = new NetRig(config, LEGACY)) {
            rig.run(() -> {
                NetDevice lo = rig.netdevs.loopback();
                PagePool pool = rig.pools.create(rig.params(lo, null, 0));
                pool.allocPage();
                pool.destroy();
                rig.netdevs.unregister(lo);
                assertThat(pool.netdev()).isNull();
            });
            assertThat(rig.log()).containsExactly("page_pool_release_retry() stalled pool shutdown: id 1, 1 inflight 60 sec");
        }
    }

    @Test
    @DisplayName("page-pool.md 9: listeners are told once that a pool is detached, not at every retry")
    void netlinkNotifications() {
        KernelConfig config = NetRig.config().withLimits(10 * NetRig.SECOND, Long.MAX_VALUE);
        try (NetRig rig = new NetRig(config, LEGACY)) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params(rig.netdev("eth4"), null, 0));
                int page = pool.allocPage();
                pool.destroy();
                rig.kernel.sched().msleep(5000);
                pool.put(page, 1, false);
            });
            assertThat(rig.events("page_pool_ntf").stream().map(event -> event.values().getFirst()))
                    .containsExactly("add", "change", "del");
        }
    }

    @Test
    @DisplayName("page-pool.md 5: the worker's unmap has the seed's call trace")
    void stackOfTheWorker() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params());
                int page = pool.allocPage();
                pool.destroy();
                rig.iommu.onUnmap = () -> rig.kernel.findings().report(FindingKind.LATE_UNMAP, "test", "test");
                pool.put(page, 1, false);
            });
            var finding = rig.findings(FindingKind.LATE_UNMAP).getFirst();
            assertThat(finding.stacks().getFirst().functions()).containsExactly("dma_iommu_unmap_page", "dma_unmap_page_attrs",
                    "page_pool_return_page", "page_pool_release", "page_pool_release_retry", "process_one_work", "worker_thread", "kthread",
                    "start_kernel_thread");
            assertThat(finding.where()).isEqualTo("kworker/0:0, CPU 0, workqueue events page_pool_release_retry");
        }
    }

    @Test
    @DisplayName("page-pool.md invariant 9: destroy does not wait, however many pages are out")
    void destroyDoesNotWait() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params());
                List<Integer> pages = PagePoolTest.allocate(pool, 1000);
                pool.destroy();
                assertThat(rig.kernel.clock().now()).isZero();
                pages.forEach(page -> pool.put(page, 1, false));
            });
            assertThat(rig.iommu.entries).isEmpty();
        }
    }

    @Test
    void destroyWithAnEnabledNapiIsABug() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                Napi napi = rig.netdevs.napi(rig.netdev("eth4"), 2, budget -> 0);
                PagePool pool = rig.pools.create(rig.params(null, napi, 0));
                napi.enable();
                pool.destroy();
            });
            assertThat(rig.findings(FindingKind.BUG)).hasSize(1);
            assertThat(String.join("\n", rig.log())).contains("page_pool_disable_direct_recycling");
        }
    }

    @Test
    @DisplayName("page-pool.md 7: a page in the ring that somebody references is complained about")
    void referencedPageInTheRing() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params());
                int page = pool.allocPage();
                pool.put(page, 1, false);
                rig.kernel.pages().get(page);
                pool.destroy();
                assertThat(pool.isFreed()).isTrue();
            });
            assertThat(rig.log()).containsExactly("page_pool_empty_ring() page_pool refcnt 2 violation");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"v6.14", "v6.16"})
    @DisplayName("page-pool.md 7, KernelProfile.poolStopsAtNegative: a negative count re-arms the worker for ever, in late kernels "
            + "it stops it")
    void negativeCount(String id) {
        KernelProfile profile = KernelProfile.all().stream().filter(p -> p.id().equals(id)).findFirst().orElseThrow();
        KernelConfig config = NetRig.config().withProfile(profile).withLimits(10 * NetRig.SECOND, Long.MAX_VALUE);
        try (NetRig rig = new NetRig(config, LEGACY)) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params());
                int page = pool.allocPage();
                pool.destroy();
                rig.kernel.sched().msleep(100);
                pool.counters.release(page);
                pool.counters.release(page);
            });
            assertThat(rig.events("page_pool_release")).hasSize(profile.poolStopsAtNegative() ? 2 : 10);
            assertThat(String.join("\n", rig.log())).contains("Negative(-1) inflight packet-pages");
            assertThat(rig.findings(FindingKind.BUG)).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"v6.14", "v6.16"})
    @DisplayName("page-pool.md 1, free-policies.md P7a, KernelProfile.poolPinsDevice: before 6.16 a pool that maps holds a "
            + "reference on its device until it is freed")
    void deviceReference(String id) {
        KernelProfile profile = KernelProfile.all().stream().filter(p -> p.id().equals(id)).findFirst().orElseThrow();
        try (NetRig rig = new NetRig(profile)) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params());
                int page = pool.allocPage();
                pool.destroy();
                var devices = rig.kernel.devices();
                devices.rescanRemoveLock().lock();
                devices.remove(rig.device);
                devices.rescanRemoveLock().unlock();
                assertThat(rig.device.object().alive()).isEqualTo(profile.poolPinsDevice());
                pool.put(page, 1, false);
                rig.kernel.sched().msleep(1100);
                assertThat(rig.device.object().alive()).isFalse();
            });
            assertThat(rig.findings(FindingKind.USE_AFTER_FREE)).isEmpty();
        }
    }
}
