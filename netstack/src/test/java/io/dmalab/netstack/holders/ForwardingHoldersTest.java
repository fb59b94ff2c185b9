package io.dmalab.netstack.holders;

import static io.dmalab.netstack.holders.HolderRig.MS;
import static io.dmalab.netstack.holders.HolderRig.SECOND;
import static io.dmalab.netstack.holders.HolderRig.TRUESIZE;
import static io.dmalab.netstack.holders.HolderRig.US;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.net.BufferHolder;
import io.dmalab.api.net.HolderEvent;
import io.dmalab.core.scenario.BadInput;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Holders of packets that are on their way out again, and other queues of the kernel. */
class ForwardingHoldersTest {
    private final HolderRig rig = new HolderRig();

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    @DisplayName("netstack-holders.md catalogue 11: an unresolved neighbour is given up after three probes, about 3 s")
    void neighbour_failure() {
        BufferHolder queue = rig.holder("neighbour-queue");
        rig.giveAt(0, queue, 2);
        rig.giveAt(1500 * MS, queue, 1);
        rig.giveAt(10 * SECOND, queue, 1);
        rig.run();
        assertThat(rig.buffers.releases).extracting(FakeBuffers.Release::context).containsOnly(ContextKind.TIMER);
        assertThat(rig.buffers.releases.subList(0, 3)).allMatch(r -> r.time() >= 3 * SECOND && r.time() <= 3200 * MS);
        assertThat(rig.buffers.releases.get(3).time()).as("a failed neighbour is probed again").isBetween(13 * SECOND, 13200 * MS);
    }

    @Test
    @DisplayName("netstack-holders.md catalogue 11: 212992 bytes wait for one neighbour, the oldest are dropped")
    void neighbour_limit() {
        BufferHolder queue = rig.holder("neighbour-queue");
        rig.giveAt(0, queue, 100);
        int room = 212992 / TRUESIZE;
        rig.at(MS, () -> assertThat(queue.held()).isEqualTo(room));
        rig.run();
        assertThat(rig.buffers.releases.subList(0, 100 - room)).allMatch(r -> r.time() == 0);
        assertThat(rig.buffers.releases.getFirst().skb()).isZero();
    }

    @Test
    void neighbours_are_apart_and_pass_packets_once_resolved() {
        BufferHolder queue = rig.holder("neighbour-queue,neighbours=2");
        rig.at(0, () -> {
            rig.give(queue, 0);
            rig.give(queue, 1);
        });
        rig.taskAt(500 * MS, () -> ((NeighbourQueue) queue).resolve());
        rig.giveAt(1 * SECOND, queue, 1);
        rig.run();
        assertThat(rig.buffers.releases).extracting(FakeBuffers.Release::time).containsExactly(500 * MS, 500 * MS, 1 * SECOND);
    }

    @Test
    void an_answer_after_a_while() {
        BufferHolder queue = rig.holder("neighbour-queue,resolve-after=20ms");
        rig.giveAt(0, queue, 3);
        rig.run();
        assertThat(rig.buffers.releases).hasSize(3).allMatch(r -> r.time() == 20 * MS);
        assertThat(rig.kernel.now()).as("the probe timer is gone").isLessThan(SECOND);
    }

    @Test
    @DisplayName("netstack-holders.md 6: device down clears the neighbours, the qdisc and the ring of that device, and only of that")
    void device_down() {
        BufferHolder[] holders = {
            rig.holder("neighbour-queue,out-device=eth1"), rig.holder("qdisc,out-device=eth1,delay=forever"),
            rig.holder("foreign-tx,out-device=eth1,done-after=forever"), rig.holder("veth-ring,peer=eth1,poll-after=forever")};
        for (BufferHolder holder : holders) {
            rig.giveAt(0, holder, 3);
            rig.eventAt(1 * SECOND, holder, new HolderEvent.DeviceDown("eth4"));
            rig.at(1500 * MS, () -> assertThat(holder.held()).as(holder.reason()).isEqualTo(3));
            rig.eventAt(2 * SECOND, holder, new HolderEvent.DeviceDown("eth1"));
            rig.eventAt(2100 * MS, holder, new HolderEvent.DeviceDown("eth1"));
            rig.giveAt(3 * SECOND, holder, 1);
        }
        rig.run();
        assertThat(rig.buffers.releases).filteredOn(r -> r.time() == 2 * SECOND).hasSize(12);
        assertThat(rig.buffers.live()).isZero();
        assertThat(rig.kernel.findingRecords()).isEmpty();
    }

    @Test
    void a_qdisc_sends_at_the_speed_of_its_link() {
        BufferHolder qdisc = rig.holder("qdisc,rate=1Gbit/s");
        rig.giveAt(0, qdisc, 3);
        rig.giveAt(1 * MS, qdisc, 1);
        rig.run();
        long wire = (1500 + 24) * 8;
        assertThat(rig.buffers.releases).extracting(FakeBuffers.Release::time).containsExactly(wire, 2 * wire, 3 * wire, MS + wire);
    }

    @Test
    @DisplayName("netstack-holders.md catalogue 12: a qdisc delays, and drops what is too much")
    void a_qdisc_delays_and_drops_what_is_too_much() {
        BufferHolder qdisc = rig.holder("qdisc,limit=10,delay=50ms");
        rig.giveAt(0, qdisc, 15);
        rig.run();
        assertThat(rig.buffers.releases).filteredOn(r -> r.time() == 0).hasSize(5);
        long wire = Math.round((1500 + 24) * 0.8);
        assertThat(rig.buffers.releases).extracting(FakeBuffers.Release::time).hasSize(15)
                .contains(50 * MS + wire, 50 * MS + 2 * wire, 50 * MS + 10 * wire);
    }

    @Test
    void a_transmit_ring_completes_in_order() {
        BufferHolder ring = rig.holder("foreign-tx,done-after=30us,ring=4");
        rig.giveAt(0, ring, 6);
        rig.giveAt(10 * US, ring, 1);
        rig.giveAt(35 * US, ring, 1);
        rig.run();
        assertThat(rig.buffers.releases).filteredOn(r -> r.time() == 0).as("ring full").hasSize(2);
        assertThat(rig.buffers.releases).extracting(FakeBuffers.Release::time).endsWith(30 * US, 65 * US).hasSize(8);
    }

    @Test
    @DisplayName("netstack-holders.md 5 and catalogue 13, real-world-reports.md C11: a stuck foreign ring is flushed by the "
            + "watchdog after 15 s")
    void watchdog() {
        BufferHolder ring = rig.holder("foreign-tx,out-device=eth7,done-after=30us,stuck-after=1s");
        rig.giveAt(0, ring, 1);
        rig.giveAt(2 * SECOND, ring, 20);
        rig.giveAt(5 * SECOND, ring, 20);
        rig.at(16 * SECOND, () -> assertThat(ring.held()).isEqualTo(40));
        rig.giveAt(30 * SECOND, ring, 1);
        rig.run();
        assertThat(rig.buffers.releases.subList(1, 41)).allMatch(r -> r.time() >= 17 * SECOND && r.time() <= 17 * SECOND * 1125 / 1000);
        assertThat(rig.buffers.releases.get(41).time()).as("it works again").isEqualTo(30 * SECOND + 30 * US);
        assertThat(rig.kernel.logLines()).singleElement().satisfies(line ->
                assertThat(line.text()).matches("eth7: NETDEV WATCHDOG: CPU: 0: transmit queue 0 timed out 1[56]\\d{3} ms"));
    }

    @Test
    @DisplayName("netstack-holders.md catalogue 15: a veth ring is polled as a whole")
    void a_veth_ring_is_polled_as_a_whole() {
        BufferHolder ring = rig.holder("veth-ring,poll-after=1ms");
        rig.giveAt(0, ring, 300);
        rig.run();
        assertThat(rig.buffers.releases).filteredOn(r -> r.time() == MS).hasSize(256).allMatch(r -> r.context() == ContextKind.SOFTIRQ);
        assertThat(rig.buffers.releases).hasSize(300);
    }

    @Test
    @DisplayName("netstack-holders.md catalogue 20: asynchronous crypto completes in order, whatever happens")
    void crypto_completes_in_order_whatever_happens() {
        BufferHolder crypto = rig.holder("async-crypto,done-after=2ms");
        rig.giveAt(0, crypto, 3);
        rig.eventAt(1 * MS, crypto, new HolderEvent.NamespaceExit());
        rig.eventAt(1 * MS, crypto, new HolderEvent.ProcessExit(""));
        rig.run();
        assertThat(rig.buffers.releases).hasSize(3).allMatch(r -> r.time() == 2 * MS && r.context() == ContextKind.SOFTIRQ);
    }

    @Test
    @DisplayName("netstack-holders.md catalogue 20: the xfrm policy queue takes 100 packets and waits 60 s at most")
    void xfrm_hold() {
        BufferHolder queue = rig.holder("xfrm-hold,ready-after=forever");
        rig.giveAt(0, queue, 120);
        rig.at(59 * SECOND, () -> assertThat(queue.held()).isEqualTo(100));
        rig.run();
        assertThat(rig.buffers.releases).hasSize(120);
        assertThat(rig.kernel.now()).isBetween(60 * SECOND, 68 * SECOND);
    }

    @Test
    void an_association_that_comes_in_time() {
        BufferHolder queue = rig.holder("xfrm-hold,ready-after=2s");
        rig.giveAt(0, queue, 2);
        rig.giveAt(1 * SECOND, queue, 1);
        rig.giveAt(5 * SECOND, queue, 1);
        rig.run();
        assertThat(rig.buffers.releases).extracting(FakeBuffers.Release::time)
                .containsExactly(2 * SECOND, 2 * SECOND, 2 * SECOND, 7 * SECOND);
        assertThat(rig.kernel.now()).isEqualTo(7 * SECOND);
    }

    @Test
    void a_general_hold_holds_each_packet_for_its_own_time_on_the_cpu_that_received_it() {
        BufferHolder hold = rig.holder("hold,time=2s,reason=recorded holder");
        rig.giveAt(0, hold, 2);
        rig.giveAt(1 * SECOND, hold, 1);
        rig.run();
        assertThat(rig.buffers.releases).extracting(FakeBuffers.Release::time).containsExactly(2 * SECOND, 2 * SECOND, 3 * SECOND);
        assertThat(rig.buffers.releases).allMatch(r -> r.context() == ContextKind.SOFTIRQ && r.cpu() == 0);
        assertThat(hold.reason()).isEqualTo("recorded holder");
    }

    @Test
    void a_recorded_hold_changes_with_the_time_of_arrival() {
        BufferHolder hold = rig.holder("recorded-hold,times=0s 0:1s 100:1s; 5s 0:3s 100:3s;7s 0:0s 50:0s 50.001:forever 100:forever");
        // stretches count from the first packet, which comes at 10 s
        rig.giveAt(10 * SECOND, hold, 1);
        rig.giveAt(14 * SECOND, hold, 2);
        rig.giveAt(15 * SECOND, hold, 1);
        rig.run();
        assertThat(rig.buffers.releases).extracting(FakeBuffers.Release::time)
                .containsExactly(11 * SECOND, 15 * SECOND, 15 * SECOND, 18 * SECOND);
        assertThat(hold.reason()).isEqualTo("recorded holder");
    }

    @Test
    void a_recorded_hold_lets_a_share_never_go() {
        BufferHolder hold = rig.holder("recorded-hold,times=0s 0:1ms 75:1ms 75.001:forever 100:forever");
        rig.giveAt(0, hold, 4_000);
        rig.run();
        assertThat(hold.held()).isBetween(900, 1_100);
    }

    @Test
    void a_hold_for_ever_ends_with_its_process_or_its_namespace() {
        BufferHolder own = rig.holder("hold,time=forever,process=daemon");
        BufferHolder other = rig.holder("hold,time=forever");
        rig.giveAt(0, own, 100);
        rig.giveAt(0, other, 100);
        rig.eventAt(1 * SECOND, own, new HolderEvent.ProcessExit("daemon"));
        rig.eventAt(1 * SECOND, other, new HolderEvent.ProcessExit("daemon"));
        rig.at(2 * SECOND, () -> assertThat(own.held()).isZero());
        rig.at(2 * SECOND, () -> assertThat(other.held()).isEqualTo(100));
        rig.eventAt(3 * SECOND, other, new HolderEvent.NamespaceExit());
        rig.run();
        assertThat(rig.buffers.live()).isZero();
    }

    @Test
    @DisplayName("netstack-holders.md catalogue 25: a leak is for ever, and may be small")
    void a_leak_is_for_ever_and_may_be_small() {
        BufferHolder leak = rig.holder("leak,limit=3");
        rig.giveAt(0, leak, 5);
        for (HolderEvent event : HolderCatalogueTest.EVENTS) {
            rig.eventAt(1 * SECOND, leak, event);
        }
        rig.run();
        assertThat(leak.held()).isEqualTo(3);
        assertThat(rig.buffers.live()).isEqualTo(3);
        assertThat(leak.reason()).isEqualTo("leak: lost by a bug");
    }

    @Test
    void options_out_of_range_are_refused_with_what_to_use() {
        assertThatThrownBy(() -> rig.holder("tcp-receive-queue,sockets=0")).isInstanceOf(BadInput.class)
                .hasMessageContaining("sockets 0 is out of range").hasMessageContaining("use 1 to 65536");
        assertThatThrownBy(() -> rig.holder("tcp-receive-queue,receive-buffer=8MiB")).isInstanceOf(BadInput.class)
                .hasMessageContaining("receive-buffer-max is less than receive-buffer");
        assertThatThrownBy(() -> rig.holder("ip-frag,timeout=0s")).isInstanceOf(BadInput.class).hasMessageContaining("out of range");
        assertThatThrownBy(() -> rig.holder("hold")).isInstanceOf(BadInput.class).hasMessageContaining("option 'time' is missing");
        assertThatThrownBy(() -> rig.holder("recorded-hold,times=1s 0:1s 100:2s;1s 0:1s 100:2s")).isInstanceOf(BadInput.class)
                .hasMessageContaining("the stretch of 1s does not come behind the one above it; sort the times");
        assertThatThrownBy(() -> rig.holder("recorded-hold,times=1s 0:1s 99:2s")).hasMessageContaining("quantiles go from p0 to p100");
        assertThatThrownBy(() -> rig.holder("recorded-hold,times=1s half:1s"))
                .hasMessageContaining("'half:1s' is not of the form PERCENT:TIME");
        assertThatThrownBy(() -> rig.holder("udp-receive-queue,cpu=8")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cpu 8 of a machine with 8");
    }
}
