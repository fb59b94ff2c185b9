package io.dmalab.netstack.holders;

import static io.dmalab.netstack.holders.HolderRig.MS;
import static io.dmalab.netstack.holders.HolderRig.SECOND;
import static io.dmalab.netstack.holders.HolderRig.TRUESIZE;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.net.BufferHolder;
import io.dmalab.api.net.HolderEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Queues with a reader that are not TCP. */
class ReaderHoldersTest {
    private final HolderRig rig = new HolderRig();

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    @DisplayName("netstack-holders.md 4.5 and catalogue 7: a default UDP socket takes at most 104 packets")
    void udp_limit() {
        BufferHolder queue = rig.holder("udp-receive-queue,read-after=forever");
        rig.giveAt(0, queue, 200);
        rig.run();
        assertThat(queue.held()).isEqualTo(212992 / TRUESIZE + 1).isBetween(92, 104);
    }

    @Test
    void a_udp_reader_frees_in_its_own_context_without_the_defer_list() {
        BufferHolder queue = rig.holder("udp-receive-queue,read-after=2ms,process=named");
        rig.giveAt(0, queue, 3);
        rig.run();
        assertThat(rig.buffers.releases).hasSize(3).allMatch(r -> !r.deferred() && r.task().equals("named") && r.time() == 2 * MS);
    }

    @Test
    @DisplayName("netstack-holders.md catalogue 8: a packet socket holds clones, one with a ring copies")
    void a_packet_socket_holds_clones_and_a_ring_copies() {
        BufferHolder plain = rig.holder("packet-socket,read-after=1s");
        BufferHolder ring = rig.holder("packet-socket,mmap-ring=on");
        rig.giveAt(0, plain, 3);
        rig.giveAt(0, ring, 3);
        rig.at(MS, () -> {
            assertThat(plain.held()).isEqualTo(3);
            assertThat(ring.held()).isZero();
        });
        rig.run();
        assertThat(rig.buffers.releases).filteredOn(r -> r.time() == 0).hasSize(3);
        assertThat(rig.buffers.releases).filteredOn(r -> r.time() == SECOND).hasSize(3).allMatch(r -> r.task().equals("tcpdump"));
    }

    @Test
    @DisplayName("netstack-holders.md catalogue 14: a paused machine leaves 500 packets in the tun queue until its process ends")
    void tap_queue() {
        BufferHolder queue = rig.holder("tap-queue,read-after=forever,process=qemu");
        rig.giveAt(0, queue, 600);
        rig.eventAt(1 * SECOND, queue, new HolderEvent.DeviceDown("eth4"));
        rig.at(100 * SECOND, () -> assertThat(queue.held()).isEqualTo(500));
        rig.eventAt(200 * SECOND, queue, new HolderEvent.ProcessExit("qemu"));
        rig.run();
        assertThat(rig.buffers.live()).isZero();
        assertThat(rig.buffers.releases).filteredOn(r -> r.time() == 200 * SECOND).hasSize(500).allMatch(r -> r.task().equals("qemu"));
    }

    @Test
    void a_tap_reader_can_be_stopped_like_any_process() {
        BufferHolder queue = rig.holder("tap-queue,read-after=1ms,process=qemu");
        rig.taskAt(0, () -> rig.processes.named("qemu").forEach(Process::stop));
        rig.giveAt(1 * MS, queue, 5);
        rig.at(1 * SECOND, () -> {
            assertThat(queue.held()).isEqualTo(5);
            assertThat(queue.reason()).endsWith("reader stopped");
            assertThat(rig.reasonOf(0)).isEqualTo(queue.reason());
        });
        rig.taskAt(2 * SECOND, () -> rig.processes.named("qemu").forEach(Process::resume));
        rig.run();
        assertThat(rig.buffers.releases).hasSize(5).allMatch(r -> r.time() == 2 * SECOND + MS);
    }
}
