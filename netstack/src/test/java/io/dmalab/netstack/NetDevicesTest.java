package io.dmalab.netstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmalab.api.device.Device;
import io.dmalab.api.device.HotplugEvent.NetdevChanged;
import io.dmalab.api.device.HotplugNotifier.Answer;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.observe.LogLine;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.api.policy.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Interfaces: registration, up and down, transmission, and the wait for references at the end. */
class NetDevicesTest {
    /** A driver that notes what is asked of it and can refuse packets. */
    private static final class Ops implements NetdevOps {
        final List<String> calls = new ArrayList<>();
        final List<Integer> sent = new ArrayList<>();
        int room = Integer.MAX_VALUE;
        int openError;
        boolean present = true;

        @Override
        public int open() {
            calls.add("open");
            return openError;
        }

        @Override
        public int stop() {
            calls.add("stop");
            return present ? 0 : -19;
        }

        @Override
        public boolean present() {
            return present;
        }

        @Override
        public boolean xmit(int skb, int queue) {
            if (sent.size() >= room) {
                return false;
            }
            sent.add(skb);
            return true;
        }
    }

    private static List<String> phases(NetRig rig) {
        List<String> phases = new ArrayList<>();
        rig.kernel.devices().netdevChain().register(event -> {
            if (event instanceof NetdevChanged change) {
                phases.add(change.name() + " " + change.phase() + " " + rig.netdevs.rtnl().isLocked());
            }
            return Answer.DONE;
        });
        return phases;
    }

    @Test
    void lifeOfAnInterface() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                List<String> phases = phases(rig);
                Ops ops = new Ops();
                NetDevice dev = rig.netdevs.alloc("eth4", rig.device, ops);
                assertThat(rig.netdevs.open(dev)).as("not registered").isEqualTo(-19);
                rig.netdevs.register(dev);
                assertThat(dev.isRegistered()).isTrue();
                assertThat(dev.ifindex()).isEqualTo(2);
                assertThat(rig.netdevs.byName("eth4")).contains(dev);
                assertThat(rig.netdevs.all()).containsExactly(rig.netdevs.loopback(), dev);
                assertThat(rig.netdevs.open(dev)).isZero();
                assertThat(rig.netdevs.open(dev)).as("up already").isZero();
                assertThat(dev.isUp()).isTrue();
                assertThat(rig.netdevs.close(dev)).isZero();
                assertThat(rig.netdevs.close(dev)).as("down already").isZero();
                rig.netdevs.open(dev);
                rig.netdevs.unregister(dev);
                assertThat(dev.object().alive()).isFalse();
                assertThat(rig.netdevs.byName("eth4")).isEmpty();
                assertThat(ops.calls).containsExactly("open", "stop", "open", "stop");
                assertThat(phases).containsExactly("eth4 REGISTER true", "eth4 UP true", "eth4 GOING_DOWN true", "eth4 DOWN true",
                        "eth4 UP true", "eth4 GOING_DOWN true", "eth4 DOWN true", "eth4 UNREGISTER true");
                assertThat(rig.netdevs.rtnl().isLocked()).isFalse();
            });
            assertThat(rig.kernel.findingRecords()).isEmpty();
        }
    }

    @Test
    void opensThatFailAndDevicesThatAreNotThere() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                Ops ops = new Ops();
                NetDevice dev = rig.netdevs.alloc("eth4", rig.device, ops);
                rig.netdevs.register(dev);
                assertThatThrownBy(() -> rig.netdevs.register(rig.netdev("eth4")))
                        .isInstanceOf(IllegalStateException.class).hasMessageContaining("eth4");
                ops.openError = -12;
                assertThat(rig.netdevs.open(dev)).isEqualTo(-12);
                assertThat(dev.isUp()).isFalse();
                ops.openError = 0;
                rig.netdevs.open(dev);
                ops.present = false;
                assertThat(rig.netdevs.close(dev)).isEqualTo(-19);
                assertThat(dev.isUp()).isFalse();
                assertThat(rig.netdevs.open(dev)).isEqualTo(-19);
            });
        }
    }

    // transmission

    @Test
    void transmission() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                Ops ops = new Ops();
                NetDevice dev = rig.netdevs.alloc("eth4", rig.device, ops);
                rig.netdevs.register(dev);
                assertThat(rig.netdevs.xmit(dev, packet(rig))).as("down").isFalse();
                rig.netdevs.open(dev);
                assertThat(rig.netdevs.xmit(dev, packet(rig))).as("no carrier").isFalse();
                dev.carrier(true);
                assertThat(rig.netdevs.xmit(dev, packet(rig))).isTrue();
                ops.room = 3;
                for (int i = 0; i < 1002; i++) {
                    assertThat(rig.netdevs.xmit(dev, packet(rig))).isTrue();
                }
                assertThat(ops.sent).hasSize(3);
                assertThat(dev.queued(0)).isEqualTo(1000);
                assertThat(rig.netdevs.xmit(dev, packet(rig))).as("qdisc full").isFalse();
                ops.room = 500;
                dev.wakeQueue(0);
                assertThat(ops.sent).as("later, in softirq").hasSize(3);
                rig.kernel.sched().msleep(1);
                assertThat(ops.sent).hasSize(500).isSorted();
                assertThat(dev.queued(0)).isEqualTo(503);
                dev.stopQueue(0);
                ops.room = Integer.MAX_VALUE;
                rig.netdevs.xmit(dev, packet(rig));
                assertThat(ops.sent).hasSize(500);
                assertThat(rig.kernel.metricsTable().counter("tx_dropped_packets").value()).isEqualTo(3);
                rig.netdevs.close(dev);
                assertThat(rig.skbs.live()).as("what the driver took is the driver's").isEqualTo(500);
                assertThat(rig.netdevs.xmit(dev, packet(rig))).isFalse();
            });
            assertThat(rig.kernel.findingRecords()).isEmpty();
        }
    }

    private static int packet(NetRig rig) {
        return rig.skbs.allocPages(1500, null, 0);
    }

    @Test
    void flowsSpreadOverTransmitQueues() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                List<Integer> queues = new ArrayList<>();
                NetDevice dev = rig.netdevs.alloc("eth4", rig.device, new NetRig.IdleOps() {
                    @Override
                    public boolean xmit(int skb, int queue) {
                        queues.add(queue);
                        return true;
                    }
                });
                dev.txQueues(4);
                rig.netdevs.register(dev);
                rig.netdevs.open(dev);
                dev.carrier(true);
                for (int flow = 0; flow < 6; flow++) {
                    rig.netdevs.xmit(dev, rig.skbs.allocPages(100, dev, flow));
                }
                assertThat(queues).containsExactly(0, 1, 2, 3, 0, 1);
            });
            assertThat(rig.events("net_dev_xmit")).hasSize(6).allSatisfy(event -> assertThat(event.values()).contains("eth4", 100L, 0L));
        }
    }

    @Test
    void loopbackReceivesWhatItSends() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> rig.netdevs.xmit(rig.netdevs.loopback(), rig.skbs.allocPages(1500, rig.netdevs.loopback(), 0)));
            assertThat(rig.kernel.metricsTable().counter("rx_packets").value()).isEqualTo(1);
            assertThat(rig.skbs.live()).isZero();
        }
    }

    // unregistration

    @Test
    @DisplayName("netstack-holders.md 4.3: waits for references, warns every 10 s, sends the notice again about once a second")
    void waitsForReferences() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                List<String> phases = phases(rig);
                NetDevice dev = rig.netdev("eth4");
                rig.netdevs.register(dev);
                phases.clear();
                dev.hold();
                rig.softirq(1, 25 * NetRig.SECOND, dev::put);
                rig.netdevs.unregister(dev);
                assertThat(rig.kernel.clock().now()).isBetween(25 * NetRig.SECOND, 25_300_000_000L);
                assertThat(dev.object().alive()).isFalse();
                assertThat(phases.getFirst()).isEqualTo("eth4 UNREGISTER true");
                assertThat(phases).filteredOn(phase -> phase.equals("eth4 UNREGISTER_AGAIN true")).hasSizeBetween(19, 25);
            });
            List<LogLine> lines = rig.kernel.logLines();
            assertThat(rig.log()).containsOnly("unregister_netdevice: waiting for eth4 to become free. Usage count = 2").hasSize(2);
            assertThat(lines.get(0).timeNanos()).isBetween(10 * NetRig.SECOND, 10_300_000_000L);
            assertThat(lines.get(1).timeNanos() - lines.get(0).timeNanos()).isBetween(10 * NetRig.SECOND, 10_300_000_000L);
        }
    }

    @Test
    @DisplayName("netstack-holders.md invariant 6: unregistering does not wait for packets")
    void doesNotWaitForPackets() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                NetDevice dev = rig.netdev("eth4");
                rig.netdevs.register(dev);
                PagePool pool = rig.pools.create(rig.params(dev, null, 0));
                int skb = rig.skbs.build(pool.allocPage(), 0, 1500, 2048, dev, 0);
                pool.destroy();
                rig.netdevs.unregister(dev);
                assertThat(rig.kernel.clock().now()).isLessThan(NetRig.MS);
                assertThat(pool.inflight()).isEqualTo(1);
                rig.skbs.release(skb);
            });
            assertThat(rig.findings(FindingKind.USE_AFTER_FREE)).isEmpty();
        }
    }

    @Test
    @DisplayName("free-policies.md P4: a policy stalls unregistration by way of a reference, asked at every notice")
    void stalledByPolicy() {
        List<Integer> asked = new ArrayList<>();
        FreePolicy stall = new FreePolicy() {
            @Override
            public Verdict unregister(Device device, String netdev, int inflight) {
                asked.add(inflight);
                return inflight > 0 ? new Verdict.WaitFor("page pool release stalling device unregister") : Verdict.PROCEED;
            }
        };
        try (NetRig rig = new NetRig(NetRig.config(), stall)) {
            rig.run(() -> {
                NetDevice dev = rig.netdev("eth4");
                rig.netdevs.register(dev);
                PagePool pool = rig.pools.create(rig.params(dev, null, 0));
                int skb = rig.skbs.build(pool.allocPage(), 0, 1500, 2048, dev, 0);
                pool.destroy();
                rig.softirq(1, 3500 * NetRig.MS, () -> rig.skbs.release(skb));
                rig.netdevs.unregister(dev);
                assertThat(rig.kernel.clock().now()).isBetween(4 * NetRig.SECOND, 6 * NetRig.SECOND);
                assertThat(dev.object().alive()).isFalse();
                assertThat(rig.pools.all()).isEmpty();
            });
            assertThat(asked.getFirst()).isEqualTo(1);
            assertThat(asked.getLast()).isZero();
            assertThat(rig.log()).containsOnly("mlx5_core 0018:01:00.0 eth4 (unregistering): page pool release stalling device unregister")
                    .hasSize(asked.size() - 2);
        }
    }

    @Test
    void aMasterAndItsSlaveHoldEachOther() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                NetDevice slave = rig.netdev("eth4");
                NetDevice bond = rig.netdevs.alloc("bond0", null, new NetRig.IdleOps());
                slave.master(bond);
                assertThat(slave.master()).isSameAs(bond);
                assertThat(List.of(slave.references(), bond.references())).containsExactly(2, 2);
                slave.master(null);
                assertThat(List.of(slave.references(), bond.references())).containsExactly(1, 1);
                assertThat(slave.receivesTraffic()).isTrue();
                slave.receivesTraffic(false);
                assertThat(slave.receivesTraffic()).isFalse();
            });
        }
    }
}
