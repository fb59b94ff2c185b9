package io.dmalab.netstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dmalab.api.net.BufferHolder;
import io.dmalab.api.net.HolderEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Where a packet goes above the driver. */
class StackTest {
    private static final class Keeper implements BufferHolder {
        final List<Integer> skbs = new ArrayList<>();
        final List<String> where = new ArrayList<>();
        final List<HolderEvent> events = new ArrayList<>();
        private final NetRig rig;

        Keeper(NetRig rig) {
            this.rig = rig;
        }

        @Override
        public String reason() {
            return "test";
        }

        @Override
        public void take(int skb) {
            skbs.add(skb);
            where.add(rig.kernel.sched().context() + " " + rig.kernel.sched().cpu());
        }

        @Override
        public void on(HolderEvent event) {
            events.add(event);
        }

        @Override
        public int held() {
            return skbs.size();
        }
    }

    @Test
    void holdersGetTheirShareAndTheRestIsFreedAtOnce() {
        try (NetRig rig = new NetRig()) {
            Keeper first = new Keeper(rig);
            Keeper second = new Keeper(rig);
            rig.holder(0.2, first);
            rig.holder(0.3, second);
            rig.run(() -> rig.softirq(1, 10, () -> {
                for (int i = 0; i < 10_000; i++) {
                    rig.stack.receive(rig.skbs.allocCopy(100, null, i));
                }
            }));
            assertThat(first.held() / 10_000.0).isCloseTo(0.2, within(0.02));
            assertThat(second.held() / 10_000.0).isCloseTo(0.3, within(0.02));
            assertThat(rig.skbs.live()).isEqualTo(first.held() + second.held());
            assertThat(rig.kernel.metricsTable().counter("rx_packets").value()).isEqualTo(10_000);
        }
    }

    @Test
    void anRxHandlerMayPassRewriteDropOrTake() {
        try (NetRig rig = new NetRig()) {
            Keeper keeper = new Keeper(rig);
            rig.holder(1, keeper);
            rig.run(() -> {
                NetDevice slave = rig.netdev("eth4");
                NetDevice bond = rig.netdevs.alloc("bond0", null, new NetRig.IdleOps());
                List<Integer> taken = new ArrayList<>();
                slave.rxHandler(skb -> switch (rig.skbs.flow(skb)) {
                    case 0 -> ReceiveHandler.Result.PASS;
                    case 1 -> {
                        rig.skbs.dev(skb, bond);
                        yield ReceiveHandler.Result.ANOTHER;
                    }
                    case 2 -> ReceiveHandler.Result.EXACT;
                    default -> {
                        taken.add(skb);
                        yield ReceiveHandler.Result.CONSUMED;
                    }
                });
                List<String> seen = new ArrayList<>();
                rig.stack.onReceive(skb -> {
                    seen.add(rig.skbs.dev(skb).name());
                    return ReceiveHandler.Result.PASS;
                });
                for (int flow = 0; flow < 4; flow++) {
                    int skb = rig.skbs.allocCopy(100, slave, flow);
                    rig.softirq(1, 10, () -> rig.stack.receive(skb));
                }
                rig.kernel.sched().msleep(1);
                assertThat(keeper.skbs.stream().map(skb -> rig.skbs.dev(skb).name())).containsExactly("eth4", "bond0");
                assertThat(seen).containsExactly("eth4", "bond0");
                assertThat(taken).hasSize(1);
                assertThat(rig.skbs.live()).isEqualTo(3);
            });
        }
    }

    @Test
    void rpsSpreadsFlowsOverTheBacklogsOfOtherCpus() {
        try (NetRig rig = new NetRig()) {
            Keeper keeper = new Keeper(rig);
            rig.holder(1, keeper);
            rig.run(() -> {
                NetDevice dev = rig.netdev("eth4");
                dev.rpsCpus(2, 6);
                rig.softirq(1, 10, () -> {
                    for (int i = 0; i < 4; i++) {
                        rig.stack.receive(rig.skbs.allocCopy(100, dev, i));
                    }
                    assertThat(keeper.held()).isZero();
                    assertThat(rig.stack.backlogLength(2)).isEqualTo(2);
                });
            });
            assertThat(keeper.where).containsExactlyInAnyOrder("SOFTIRQ 2", "SOFTIRQ 2", "SOFTIRQ 6", "SOFTIRQ 6");
        }
    }

    @Test
    @DisplayName("netstack-holders.md catalogue 2: a backlog takes 1000 packets and drops the rest")
    void backlogLimit() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> rig.softirq(1, 10, () -> {
                for (int i = 0; i < 1100; i++) {
                    rig.stack.netifRx(rig.skbs.allocCopy(100, null, 0));
                }
            }));
            assertThat(rig.kernel.metricsTable().counter("backlog_dropped_packets").value()).isEqualTo(100);
            assertThat(rig.events("kfree_skb")).hasSize(100)
                    .allSatisfy(event -> assertThat(event.values().getLast()).isEqualTo("CPU_BACKLOG"));
            assertThat(rig.events("consume_skb")).hasSize(1000);
            assertThat(rig.kernel.metricsTable().counter("rx_packets").value()).isEqualTo(1000);
            assertThat(rig.skbs.live()).isZero();
        }
    }

    @Test
    @DisplayName("netstack-holders.md 4.2: unregistering drops what bears the interface's pointer; what a bond has rewritten survives")
    void flushAllBacklogs() {
        try (NetRig rig = new NetRig()) {
            Keeper keeper = new Keeper(rig);
            rig.holder(1, keeper);
            rig.run(() -> {
                NetDevice slave = rig.netdev("eth4");
                NetDevice bond = rig.netdevs.alloc("bond0", null, new NetRig.IdleOps());
                rig.netdevs.register(slave);
                // CPU 2 is so busy that its backlog waits
                Napi busy = rig.netdevs.napi(rig.netdev("eth5"), 2, budget -> {
                    rig.kernel.sched().spend(20 * NetRig.MS);
                    return 0;
                });
                busy.enable();
                busy.schedule();
                rig.kernel.sched().sleepNanos(1000);
                slave.rpsCpus(2);
                bond.rpsCpus(2);
                rig.softirq(1, 10, () -> {
                    rig.stack.receive(rig.skbs.allocCopy(100, slave, 0));
                    rig.stack.receive(rig.skbs.allocCopy(100, bond, 1));
                    rig.stack.receive(rig.skbs.allocCopy(100, slave, 0));
                });
                rig.kernel.sched().sleepNanos(1000);
                assertThat(rig.stack.backlogLength(2)).isEqualTo(3);
                rig.netdevs.unregister(slave);
                assertThat(rig.stack.backlogLength(2)).isEqualTo(1);
                assertThat(rig.kernel.clock().now()).isLessThan(20 * NetRig.MS);
            });
            assertThat(keeper.skbs.stream().map(rig.skbs::flow)).containsExactly(1);
        }
    }

    @Test
    @DisplayName("netstack-holders.md 6: every holder hears of every event")
    void events() {
        try (NetRig rig = new NetRig()) {
            Keeper first = new Keeper(rig);
            Keeper second = new Keeper(rig);
            rig.holder(0.1, first);
            rig.holder(0.1, second);
            rig.run(() -> {
                NetDevice dev = rig.netdev("eth4");
                rig.netdevs.register(dev);
                assertThat(rig.netdevs.open(dev)).isZero();
                rig.stack.event(new HolderEvent.ProcessExit("nginx"));
                rig.stack.event(new HolderEvent.NetRxSoftirq(3));
                rig.kernel.sched().msleep(1);
                rig.stack.event(new HolderEvent.MemoryPressure());
                rig.netdevs.unregister(dev);
                rig.stack.event(new HolderEvent.NamespaceExit());
            });
            assertThat(first.events).isEqualTo(second.events).containsExactly(
                    new HolderEvent.ProcessExit("nginx"), new HolderEvent.NetRxSoftirq(3), new HolderEvent.MemoryPressure(),
                    new HolderEvent.DeviceDown("eth4"), new HolderEvent.Unregister("eth4"), new HolderEvent.NamespaceExit());
        }
    }

    @Test
    void theBacklogOfACpuThatGoesOfflineContinuesElsewhere() {
        try (NetRig rig = new NetRig()) {
            Keeper keeper = new Keeper(rig);
            rig.holder(1, keeper);
            rig.run(() -> {
                NetDevice dev = rig.netdev("eth4");
                dev.rpsCpus(6);
                rig.softirq(1, 10, () -> {
                    rig.stack.receive(rig.skbs.allocCopy(100, dev, 0));
                    rig.stack.event(new HolderEvent.CpuOffline(6));
                });
            });
            assertThat(keeper.where).containsExactly("SOFTIRQ 1");
        }
    }
}
