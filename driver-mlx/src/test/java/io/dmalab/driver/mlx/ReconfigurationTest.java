package io.dmalab.driver.mlx;

import static io.dmalab.driver.mlx.TestMachine.options;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.netstack.PagePool;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ReconfigurationTest {
    @Test
    @DisplayName("mlx-driver.md section 1: a new ring size opens new pools beside the old ones, which are left to drain; the "
            + "device stays bound")
    void ring_resize() {
        try (TestMachine machine =
                TestMachine.of(65536, options(2, RqType.STRIDING, 1024, 1500, 0), new Traffic(2000, 1500, 8, 20_000), 0.5)) {
            int[] alive = new int[1];
            machine.kernel.afterEveryEvent(
                    () -> alive[0] = Math.max(alive[0], (int) machine.pools().stream().filter(p -> !p.isDestroyed()).count()));
            machine.run(() -> {
                machine.bind();
                machine.sleepMillis(10);
                List<PagePool> old = List.copyOf(machine.pools());
                new EthtoolRing(machine.get(Reconfiguration.class), new EthtoolRing.Options(TestMachine.NIC, 4096, Optional.empty())).run();
                assertThat(old).hasSize(2).allMatch(PagePool::isDestroyed).allMatch(p -> p.inflight() > 0 && p.mapped() == p.inflight());
                assertThat(machine.pools()).hasSize(4);
                assertThat(machine.ethernet().channels()).allMatch(c -> c.rq().layout.logWqes() == 5);
                assertThat(machine.device().bound()).isTrue();
                long before = machine.core().counters().written().value();
                machine.sleepMillis(5);
                assertThat(machine.core().counters().written().value()).as("traffic goes on").isGreaterThan(before);
                machine.keeper.releaseAll();
                machine.sleepMillis(1100);
                assertThat(machine.pools()).hasSize(2).noneMatch(PagePool::isDestroyed);
            });
            assertThat(alive[0]).as("old and new ones at the same time").isEqualTo(4);
            assertThat(machine.kernel.findingRecords()).isEmpty();
        }
    }

    @Test
    @DisplayName("mlx-driver.md invariant 1: at most one live pool per receive queue of a generation; it is there before "
            + "CREATE_RQ and gone after DESTROY_RQ")
    void pool_lifetime_contains_queue_lifetime() {
        try (TestMachine machine = TestMachine.of(65536, options(1, RqType.CYCLIC, 1024, 1500, 0), new Traffic(2000, 1500, 8, 10_000), 0)) {
            machine.kernel.afterEveryEvent(() -> {
                if (machine.core() != null && machine.core().ethernet() != null) {
                    long live = machine.pools().stream().filter(p -> !p.isDestroyed()).count();
                    for (Channel channel : machine.ethernet().channels()) {
                        if (channel.rq().hardware().state() != io.dmalab.driver.mlx.hardware.ReceiveHardware.State.DESTROYED) {
                            assertThat(((PoolPages) channel.rq().pages).pool().isDestroyed()).isFalse();
                        }
                    }
                    assertThat(live).isLessThanOrEqualTo(2);
                }
            });
            machine.run(() -> {
                machine.bind();
                machine.sleepMillis(3);
                new EthtoolChannels(machine.get(Reconfiguration.class), new EthtoolChannels.Options(TestMachine.NIC, 1)).run();
                machine.sleepMillis(3);
                machine.kernel.devices().unbind(machine.device());
            });
            assertThat(machine.pools()).isEmpty();
            assertThat(machine.kernel.findingRecords()).isEmpty();
        }
    }

    @Test
    void channels_and_mtu_can_be_changed_while_down_and_while_up_and_a_missing_device_is_an_error() {
        try (TestMachine machine =
                TestMachine.of(4096, options(4, RqType.STRIDING, 1024, 1500, 8), new Traffic(500, 1500, 64, 400_000), 0)) {
            machine.run(() -> {
                machine.bind();
                machine.sleepMillis(2);
                new EthtoolChannels(machine.get(Reconfiguration.class), new EthtoolChannels.Options(TestMachine.NIC, 1)).run();
                assertThat(machine.ethernet().channels()).hasSize(1);
                machine.netdevs().close(machine.netdev());
                new SetMtu(machine.get(Reconfiguration.class), new SetMtu.Options(TestMachine.NIC, 9000)).run();
                new EthtoolChannels(machine.get(Reconfiguration.class), new EthtoolChannels.Options(TestMachine.NIC, 3)).run();
                assertThat(machine.ethernet().channels()).isEmpty();
                assertThat(machine.netdevs().open(machine.netdev())).isZero();
                assertThat(machine.ethernet().channels()).hasSize(3).allMatch(c -> !c.rq().layout.linear());
                long before = machine.core().counters().written().value();
                machine.sleepMillis(2);
                assertThat(machine.core().counters().written().value()).isGreaterThan(before);
                assertThat(machine.get(Reconfiguration.class).change("eth9", "mtu", p -> p)).isEqualTo(-MlxException.ENODEV);
                machine.kernel.devices().unbind(machine.device());
                assertThat(machine.get(Reconfiguration.class).change(TestMachine.NIC, "mtu", p -> p)).isEqualTo(-MlxException.ENODEV);
            });
            assertThat(machine.iommu.used()).isZero();
            assertThat(machine.pagesInUse()).isZero();
            assertThat(machine.kernel.findingRecords()).isEmpty();
        }
    }

    @Test
    @DisplayName("a reopening that fails leaves everything as it was, and nothing behind")
    void failed_resize() {
        try (TestMachine machine =
                TestMachine.of(65536, options(1, RqType.STRIDING, 1024, 1500, 0), new Traffic(2000, 1500, 8, 10_000), 0)) {
            machine.run(() -> {
                machine.bind();
                machine.sleepMillis(2);
                int before = machine.iommu.used();
                for (int more = 0; more < 6; more++) {
                    machine.iommu.limit = before + more;
                    int answer = machine.get(Reconfiguration.class).change(TestMachine.NIC, "rings", p -> p.withRings(4096, 1024));
                    assertThat(answer).as("with room for %d", more).isEqualTo(-MlxException.ENOMEM);
                    assertThat(machine.iommu.used()).isEqualTo(before);
                    assertThat(machine.ethernet().params().logRx()).isEqualTo(10);
                    assertThat(machine.pools()).hasSize(1);
                }
            });
        }
    }
}
