package io.dmalab.netstack;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.net.HolderEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The per-CPU lists of packets that wait for NET_RX of the CPU that received them. */
class SkbDeferListsTest {
    /** Packets received on CPU 3, one page each. */
    private static List<Integer> received(NetRig rig, PagePool pool, int count) {
        List<Integer> skbs = new ArrayList<>();
        rig.softirq(3, 10, () -> {
            for (int i = 0; i < count; i++) {
                skbs.add(rig.skbs.build(pool.allocPage(), 0, 1514, 2048, null, 0));
            }
        });
        rig.kernel.sched().sleepNanos(20);
        return skbs;
    }

    private static PagePool pool(NetRig rig) {
        return rig.pools.create(new PagePool.Params(rig.device, null, null, -1, 1024, DmaDirection.FROM_DEVICE, true, true, 65536, 0));
    }

    @Test
    @DisplayName("netstack-holders.md invariant 4: kick exactly at the half mark, the 33rd; the flush empties the list")
    void kickAtTheHalfMark() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                PagePool pool = pool(rig);
                List<Integer> skbs = received(rig, pool, 40);
                SkbDeferLists lists = rig.skbs.deferLists();
                skbs.subList(0, 32).forEach(rig.skbs::releaseDeferred);
                rig.kernel.sched().msleep(10_000);
                assertThat(lists.count(3)).as("32 may stay for ever on an idle CPU").isEqualTo(32);
                assertThat(pool.ringCount()).isZero();
                rig.skbs.releaseDeferred(skbs.get(32));
                assertThat(lists.count(3)).isEqualTo(33);
                rig.kernel.sched().sleepNanos(1);
                assertThat(lists.count(3)).isZero();
                assertThat(pool.ringCount()).isEqualTo(33);
            });
        }
    }

    @Test
    @DisplayName("netstack-holders.md 4.1: at most 64; beyond that the reader frees the packet itself")
    void atMost64() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                PagePool pool = pool(rig);
                List<Integer> skbs = received(rig, pool, 70);
                // no time passes, so the kick has no effect yet
                skbs.forEach(rig.skbs::releaseDeferred);
                assertThat(rig.skbs.deferLists().count(3)).isEqualTo(64);
                assertThat(pool.ringCount()).isEqualTo(6);
                rig.kernel.sched().sleepNanos(1);
                assertThat(pool.ringCount()).isEqualTo(70);
            });
        }
    }

    @Test
    @DisplayName("netstack-holders.md 4.1: freed at once on the CPU that received it, and if that CPU is offline")
    void sameCpuOrOffline() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                PagePool pool = pool(rig);
                List<Integer> skbs = received(rig, pool, 4);
                rig.softirq(3, 10, () -> rig.skbs.releaseDeferred(skbs.get(0)));
                rig.kernel.sched().sleepNanos(20);
                assertThat(pool.ringCount()).isEqualTo(1);
                rig.skbs.releaseDeferred(skbs.get(1));
                assertThat(rig.skbs.deferLists().count(3)).isEqualTo(1);
                rig.stack.event(new HolderEvent.CpuOffline(3));
                assertThat(rig.skbs.deferLists().count(3)).isZero();
                rig.skbs.releaseDeferred(skbs.get(2));
                assertThat(pool.ringCount()).isEqualTo(3);
            });
        }
    }

    @Test
    @DisplayName("netstack-holders.md 6: RX softirq of any NIC on that CPU flushes the list; unregistering an interface does not")
    void flushedByNetRxOnly() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                NetDevice dev = rig.netdev("eth4");
                rig.netdevs.register(dev);
                PagePool pool = pool(rig);
                List<Integer> skbs = received(rig, pool, 3);
                skbs.forEach(rig.skbs::releaseDeferred);
                assertThat(rig.kernel.pages().holderOf(rig.skbs.page(skbs.getFirst(), 0))).isEqualTo("skb defer list of CPU 3");
                rig.netdevs.unregister(dev);
                rig.kernel.sched().msleep(1000);
                assertThat(rig.skbs.deferLists().count(3)).isEqualTo(3);
                rig.stack.event(new HolderEvent.NetRxSoftirq(2));
                rig.kernel.sched().msleep(1);
                assertThat(rig.skbs.deferLists().count(3)).isEqualTo(3);
                Napi other = rig.netdevs.napi(rig.netdev("eth5"), 3, budget -> 0);
                other.enable();
                other.schedule();
                rig.kernel.sched().msleep(1);
                assertThat(rig.skbs.deferLists().count(3)).isZero();
            });
        }
    }

    @Test
    @DisplayName("free-policies.md P14: a kick empties the defer lists of idle CPUs, and counts them as CPUs that have to be flushed")
    void aKickEmptiesThem() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                PagePool pool = pool(rig);
                received(rig, pool, 20).forEach(rig.skbs::releaseDeferred);
                rig.stack.flushAllBacklogs();
                assertThat(rig.skbs.deferLists().count(3)).as("the kernel's own flush leaves them").isEqualTo(20);
                rig.stack.kickHolders("eth4");
                assertThat(rig.skbs.deferLists().count(3)).isZero();
                assertThat(pool.ringCount()).isEqualTo(20);
            });
        }
    }
}
