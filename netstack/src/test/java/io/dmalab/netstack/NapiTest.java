package io.dmalab.netstack;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.net.BufferHolder;
import io.dmalab.core.kernel.KernelConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Polling, GRO and what of it recycles directly. */
class NapiTest {
    /** Keeps what it is given. */
    private static final class Keeper implements BufferHolder {
        final List<Integer> skbs = new ArrayList<>();

        @Override
        public String reason() {
            return "test";
        }

        @Override
        public void take(int skb) {
            skbs.add(skb);
        }

        @Override
        public int held() {
            return skbs.size();
        }
    }

    @Test
    void pollsOnItsCpuInSoftirqUntilThereIsNoMoreWork() {
        try (NetRig rig = new NetRig()) {
            List<String> polls = new ArrayList<>();
            rig.run(() -> {
                AtomicInteger work = new AtomicInteger(150);
                Napi napi = rig.netdevs.napi(rig.netdev("eth4"), 5, budget -> {
                    int done = Math.min(budget, work.get());
                    work.addAndGet(-done);
                    polls.add(rig.kernel.sched().context() + " " + rig.kernel.sched().cpu() + " " + done);
                    rig.kernel.sched().spend(100L * done);
                    return done;
                });
                assertThat(napi.isEnabled()).isFalse();
                assertThat(napi.schedule()).as("disabled").isFalse();
                napi.enable();
                assertThat(napi.schedule()).isTrue();
                assertThat(napi.listOwner()).isEqualTo(5);
                assertThat(napi.schedule()).as("scheduled already").isFalse();
                rig.kernel.sched().msleep(10);
                assertThat(napi.listOwner()).isEqualTo(-1);
                assertThat(napi.isScheduled()).isFalse();
            });
            // the second schedule() is not lost: it is one more round
            assertThat(polls).containsExactly("SOFTIRQ 5 64", "SOFTIRQ 5 64", "SOFTIRQ 5 22", "SOFTIRQ 5 0");
        }
    }

    @Test
    @DisplayName("a round that uses CPU time delays the next one by as much")
    void aBusyCpuPollsLater() {
        try (NetRig rig = new NetRig()) {
            List<Long> times = new ArrayList<>();
            rig.run(() -> {
                Napi napi = rig.netdevs.napi(rig.netdev("eth4"), 5, budget -> {
                    times.add(rig.kernel.clock().now());
                    rig.kernel.sched().spend(7_000);
                    return times.size() < 4 ? budget : 0;
                });
                napi.enable();
                napi.schedule();
            });
            assertThat(times).containsExactly(0L, 7_000L, 14_000L, 21_000L);
        }
    }

    @Test
    void oneSoftirqDoesAtMost300PacketsOfWork() {
        try (NetRig rig = new NetRig()) {
            List<String> polls = new ArrayList<>();
            rig.run(() -> {
                for (int i = 0; i < 7; i++) {
                    int number = i;
                    AtomicInteger rounds = new AtomicInteger(2);
                    Napi napi = rig.netdevs.napi(rig.netdev("eth" + i), 1, budget -> {
                        polls.add(rig.kernel.clock().now() + " " + number);
                        rig.kernel.sched().spend(10);
                        return rounds.decrementAndGet() > 0 ? budget : 0;
                    });
                    napi.enable();
                    napi.schedule();
                }
            });
            // five rounds of 64 use the budget up; the rest of the list comes first in the next softirq
            assertThat(polls).containsExactly("0 0", "0 1", "0 2", "0 3", "0 4",
                    "50 5", "50 6", "50 0", "50 1", "50 2", "50 3", "50 4", "120 5", "120 6");
        }
    }

    @Test
    void disableWaitsForThePollToEnd() {
        try (NetRig rig = new NetRig()) {
            AtomicInteger rounds = new AtomicInteger();
            rig.run(() -> {
                Napi napi = rig.netdevs.napi(rig.netdev("eth4"), 5, budget -> {
                    rounds.incrementAndGet();
                    rig.kernel.sched().spend(500_000);
                    return budget;
                });
                napi.enable();
                napi.schedule();
                rig.kernel.sched().msleep(4);
                long before = rig.kernel.clock().now();
                int polled = rounds.get();
                napi.disable();
                assertThat(rounds.get()).as("the poll that was due is the last one").isEqualTo(polled + 1);
                assertThat(rig.kernel.clock().now()).isBetween(before + 100_000, before + 600_000);
                assertThat(napi.isEnabled()).isFalse();
                assertThat(napi.listOwner()).isEqualTo(-1);
                assertThat(napi.schedule()).isFalse();
                napi.delete();
                assertThat(napi.object().alive()).isFalse();
            });
        }
    }

    @Test
    @DisplayName("GRO makes one packet of a flow's packets in a poll, of up to 17 fragments besides the linear part")
    void gro() {
        try (NetRig rig = new NetRig()) {
            Keeper keeper = new Keeper();
            rig.holder(1, keeper);
            rig.run(() -> {
                NetDevice dev = rig.netdev("eth4");
                PagePool pool = rig.pools.create(rig.params());
                List<Napi> self = new ArrayList<>();
                Napi napi = rig.netdevs.napi(dev, 5, budget -> {
                    for (int i = 0; i < 40; i++) {
                        self.getFirst().receive(rig.skbs.build(pool.allocPage(), 0, 1500, 2048, dev, i % 2));
                    }
                    return 40;
                });
                self.add(napi);
                napi.enable();
                napi.schedule();
            });
            List<String> seen = keeper.skbs.stream().map(skb -> rig.skbs.flow(skb) + ": " + rig.skbs.segments(skb) + " packets, "
                    + rig.skbs.frags(skb) + " pieces, " + rig.skbs.length(skb) + " bytes, " + rig.skbs.truesize(skb)).toList();
            assertThat(seen).containsExactly(
                    "0: 18 packets, 18 pieces, 27000 bytes, 37120", "1: 18 packets, 18 pieces, 27000 bytes, 37120",
                    "0: 2 packets, 2 pieces, 3000 bytes, 4352", "1: 2 packets, 2 pieces, 3000 bytes, 4352");
            assertThat(rig.kernel.metricsTable().counter("rx_packets").value()).isEqualTo(40);
            assertThat(rig.skbs.live()).isEqualTo(4);
            assertThat(rig.events("napi_poll")).singleElement()
                    .satisfies(event -> assertThat(event.values().subList(1, 4)).containsExactly("eth4", 40L, 64L));
            assertThat(rig.events("netif_receive_skb").stream().map(event -> event.values().get(2)))
                    .containsExactly(27000L, 27000L, 3000L, 3000L);
        }
    }

    @Test
    void groHoldsEightFlowsInABucket() {
        try (NetRig rig = new NetRig()) {
            Keeper keeper = new Keeper();
            rig.holder(1, keeper);
            rig.run(() -> {
                NetDevice dev = rig.netdev("eth4");
                List<Napi> self = new ArrayList<>();
                Napi napi = rig.netdevs.napi(dev, 5, budget -> {
                    for (int i = 0; i < 9; i++) {
                        self.getFirst().receive(rig.skbs.allocCopy(100, dev, 8 * i));
                    }
                    assertThat(keeper.skbs).as("the oldest flow gave way").hasSize(1);
                    return 9;
                });
                self.add(napi);
                napi.enable();
                napi.schedule();
            });
            assertThat(keeper.skbs.stream().map(rig.skbs::flow)).containsExactly(0, 8, 16, 24, 32, 40, 48, 56, 64);
        }
    }

    @Test
    @DisplayName("netstack-holders.md catalogue 1: at HZ 1000 an interrupted poll flushes only what is older than a jiffy; "
            + "deleting frees the rest")
    void groBetweenPolls() {
        KernelConfig config = NetRig.config().withTimers(1000, false);
        try (NetRig rig = new NetRig(config, new io.dmalab.api.policy.FreePolicy() {})) {
            Keeper keeper = new Keeper();
            rig.holder(1, keeper);
            rig.run(() -> {
                NetDevice dev = rig.netdev("eth4");
                List<Napi> self = new ArrayList<>();
                List<Integer> held = new ArrayList<>();
                Napi napi = rig.netdevs.napi(dev, 5, budget -> {
                    held.add(keeper.skbs.size());
                    if (held.size() == 1) {
                        self.getFirst().receive(rig.skbs.allocCopy(100, dev, 1));
                    }
                    rig.kernel.sched().spend(600_000);
                    return held.size() < 4 ? budget : 0;
                });
                self.add(napi);
                napi.enable();
                napi.schedule();
                rig.kernel.sched().msleep(20);
                assertThat(held).containsExactly(0, 0, 0, 1);
            });
        }
    }

    @Test
    void deletingFreesWhatGroHolds() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                NetDevice dev = rig.netdev("eth4");
                Napi napi = rig.netdevs.napi(dev, 5, budget -> 0);
                napi.receive(rig.skbs.allocCopy(100, dev, 1));
                assertThat(rig.skbs.live()).isEqualTo(1);
                napi.delete();
                assertThat(rig.skbs.live()).isZero();
            });
        }
    }

    @Test
    void withoutGroEveryPacketGoesUpAtOnce() {
        try (NetRig rig = new NetRig()) {
            Keeper keeper = new Keeper();
            rig.holder(1, keeper);
            rig.run(() -> {
                NetDevice dev = rig.netdev("eth4");
                Napi napi = rig.netdevs.napi(dev, 5, budget -> 0);
                napi.gro(false);
                napi.receive(rig.skbs.allocCopy(100, dev, 1));
                napi.receive(rig.skbs.allocCopy(100, dev, 1));
                assertThat(keeper.skbs).hasSize(2);
            });
        }
    }

    @Test
    @DisplayName("page-pool.md 8: what is consumed during the poll goes straight to the cache of the NAPI's pool")
    void directRecycling() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                NetDevice dev = rig.netdev("eth4");
                List<Napi> self = new ArrayList<>();
                List<PagePool> pool = new ArrayList<>();
                Napi napi = rig.netdevs.napi(dev, 5, budget -> {
                    for (int i = 0; i < 30; i++) {
                        self.getFirst().receive(rig.skbs.build(pool.getFirst().allocPage(), 0, 1500, 2048, dev, 1));
                    }
                    return 30;
                });
                self.add(napi);
                pool.add(rig.pools.create(rig.params(dev, napi, 0)));
                napi.enable();
                rig.kernel.sched().at(1000, ContextKind.HARDIRQ, 5, arg -> napi.schedule(), 0);
                rig.kernel.sched().msleep(1);
                assertThat(pool.getFirst().stats().cached()).isEqualTo(30);
                assertThat(pool.getFirst().ringCount()).isZero();
                assertThat(pool.getFirst().inflight()).isEqualTo(64);
            });
        }
    }

    @Test
    @DisplayName("page-pool.md 5: outside the poll, and on other CPUs during it, pages go to the ring")
    void noDirectRecyclingElsewhere() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                NetDevice dev = rig.netdev("eth4");
                Napi napi = rig.netdevs.napi(dev, 5, budget -> {
                    rig.kernel.sched().spend(1_000_000);
                    return budget;
                });
                PagePool pool = rig.pools.create(rig.params(dev, napi, 0));
                List<Integer> pages = PagePoolTest.allocate(pool, 4);
                napi.enable();
                rig.softirq(5, 10, () -> pool.put(pages.get(0), 1, false));
                rig.kernel.sched().sleepNanos(100);
                assertThat(pool.ringCount()).as("no poll is going on").isEqualTo(1);
                napi.schedule();
                rig.softirq(6, 100, () -> pool.put(pages.get(1), 1, false));
                rig.softirq(5, 100, () -> pool.put(pages.get(2), 1, false));
                rig.kernel.sched().sleepNanos(1000);
                assertThat(pool.ringCount()).as("another CPU").isEqualTo(2);
                assertThat(pool.stats().cached()).as("the polling CPU, between two rounds").isEqualTo(1);
                napi.disable();
            });
        }
    }
}
