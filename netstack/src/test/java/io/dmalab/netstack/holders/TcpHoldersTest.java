package io.dmalab.netstack.holders;

import static io.dmalab.netstack.holders.HolderRig.MS;
import static io.dmalab.netstack.holders.HolderRig.SECOND;
import static io.dmalab.netstack.holders.HolderRig.TRUESIZE;
import static io.dmalab.netstack.holders.HolderRig.US;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.net.BufferHolder;
import io.dmalab.api.net.HolderEvent;
import io.dmalab.core.kernel.KernelConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TCP queues and their readers. */
class TcpHoldersTest {
    private final HolderRig rig = new HolderRig();

    @AfterEach
    void close() {
        rig.close();
    }

    /**
     * <pre>
     *   CPU 0 (softirq)        CPU 6 (iperf3)
     *   ----                   ----
     *   1.000 ms packet
     *   3.000 ms packet
     *                          6.000 ms reads both
     *   7.000 ms packet
     *                          12.000 ms reads it
     * </pre>
     */
    @Test
    void a_reader_comes_read_after_the_first_packet_and_reads_all_there_is() {
        BufferHolder queue = rig.holder("tcp-receive-queue,read-after=5ms");
        rig.giveAt(1 * MS, queue, 1);
        rig.giveAt(3 * MS, queue, 1);
        rig.at(5 * MS, () -> assertThat(queue.held()).isEqualTo(2));
        rig.giveAt(7 * MS, queue, 1);
        rig.run();
        assertThat(rig.buffers.releases).extracting(FakeBuffers.Release::time).containsExactly(6 * MS, 6 * MS, 12 * MS);
        assertThat(queue.held()).isZero();
    }

    @Test
    void the_reader_frees_in_its_own_context_and_leaves_the_rest_to_the_cpu_that_received() {
        BufferHolder queue = rig.holder("tcp-receive-queue,read-after=1ms,process=nginx,cpu=3");
        rig.giveAt(0, queue, 1);
        rig.run();
        FakeBuffers.Release release = rig.buffers.releases.getFirst();
        assertThat(release.deferred()).isTrue();
        assertThat(release.context()).isEqualTo(ContextKind.TASK);
        assertThat(release.cpu()).isEqualTo(3);
        assertThat(release.task()).isEqualTo("nginx");
    }

    @Test
    void readers_get_cpus_from_the_last_but_one_down() {
        BufferHolder first = rig.holder("tcp-receive-queue,read-after=1ms");
        BufferHolder second = rig.holder("udp-receive-queue,read-after=1ms");
        rig.giveAt(0, first, 1);
        rig.giveAt(MS, second, 1);
        rig.run();
        assertThat(rig.buffers.releases).extracting(FakeBuffers.Release::cpu).containsExactly(6, 5);
    }

    @Test
    @DisplayName("netstack-holders.md 4.5: an unread socket of 131072 bytes takes at most 64 packets")
    void a_full_socket_drops() {
        BufferHolder queue = rig.holder("never-read-socket");
        rig.giveAt(0, queue, 100);
        rig.run();
        // the last one is taken while what is charged does not exceed the limit yet
        assertThat(queue.held()).isEqualTo(131072 / TRUESIZE + 1).isLessThanOrEqualTo(64);
        assertThat(rig.buffers.releases).hasSize(100 - queue.held()).allMatch(r -> r.context() == ContextKind.SOFTIRQ);
        assertThat(rig.kernel.metrics().counter(PacketSink.DROPPED).value()).isEqualTo(100 - queue.held());
        assertThat(rig.events("sock_rcvqueue_full")).hasSize(100 - queue.held());
    }

    @Test
    @DisplayName("netstack-holders.md 4.4: reading lets the buffer grow from 131072 to 6291456 bytes, and no further")
    void the_buffer_grows_with_what_is_read() {
        BufferHolder queue = rig.holder("tcp-receive-queue,read-after=1ms");
        int most = 6 * 1024 * 1024 / TRUESIZE + 1;
        for (int round = 0; round < 12; round++) {
            rig.giveAt(round * 10 * MS, queue, 4000);
        }
        rig.at(100 * MS + 500 * US, () -> assertThat(queue.held()).isEqualTo(most).isLessThanOrEqualTo(3072));
        rig.run();
        assertThat(rig.buffers.live()).isZero();
    }

    @Test
    void flows_are_spread_over_sockets_each_with_its_own_limit() {
        BufferHolder queue = rig.holder("never-read-socket,sockets=4,receive-buffer=4KiB");
        rig.at(0, () -> {
            for (int i = 0; i < 40; i++) {
                rig.give(queue, i % 8);
            }
        });
        rig.run();
        assertThat(queue.held()).isEqualTo(4 * 2);
        assertThat(queue.reason()).matches("tcp receive queues \\(4\\) of app\\[\\d+], never read");
        assertThat(rig.reasonOf(1)).matches("tcp receive queue 2 of app\\[\\d+], never read");
    }

    @Test
    void a_stopped_reader_reads_nothing_until_it_goes_on() {
        BufferHolder queue = rig.holder("tcp-receive-queue,read-after=5ms");
        rig.giveAt(1 * MS, queue, 3);
        rig.taskAt(2 * MS, () -> rig.processes.named("iperf3").forEach(Process::stop));
        rig.at(3 * MS, () -> assertThat(rig.reasonOf(0)).endsWith("reader stopped"));
        rig.giveAt(1 * SECOND, queue, 2);
        rig.at(2 * SECOND, () -> assertThat(queue.held()).isEqualTo(5));
        rig.taskAt(3 * SECOND, () -> rig.processes.named("iperf3").forEach(Process::resume));
        rig.run();
        assertThat(rig.buffers.releases).hasSize(5).allMatch(r -> r.time() == 3 * SECOND + 5 * MS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"iperf3", "", "named pid", "name and pid"})
    void a_kill_frees_everything_in_the_process_s_own_context(String how) {
        BufferHolder queue = rig.holder("tcp-receive-queue,read-after=forever,cpu=5");
        int pid = rig.processes.named("").getFirst().pid();
        String name = how.equals("named pid") ? "" + pid : how.equals("name and pid") ? "iperf3[" + pid + "]" : how;
        rig.giveAt(1 * MS, queue, 7);
        rig.eventAt(2 * MS, queue, new HolderEvent.ProcessExit("somebody"));
        rig.at(3 * MS, () -> assertThat(queue.held()).isEqualTo(7));
        rig.eventAt(4 * MS, queue, new HolderEvent.ProcessExit(name));
        rig.giveAt(5 * MS, queue, 1);
        rig.run();
        assertThat(rig.buffers.releases).filteredOn(r -> r.time() == 4 * MS).hasSize(7)
                .allMatch(r -> r.task().equals("iperf3") && r.cpu() == 5 && !r.deferred());
        assertThat(rig.buffers.releases).filteredOn(r -> r.time() == 5 * MS).as("nobody listens any more").hasSize(1);
        assertThat(rig.events("sched_process_exit")).hasSize(1);
        assertThat(queue.reason()).endsWith("exited");
        assertThat(rig.processes.named("")).isEmpty();
    }

    @Test
    @DisplayName("netstack-holders.md 6: under memory pressure receive queues are collapsed into copies, which frees the pages")
    void memory_pressure_collapses() {
        BufferHolder queue = rig.holder("never-read-socket");
        rig.giveAt(0, queue, 10);
        rig.eventAt(1 * MS, queue, new HolderEvent.MemoryPressure());
        rig.giveAt(2 * MS, queue, 4);
        rig.run();
        assertThat(rig.buffers.releases).hasSize(10).allMatch(r -> r.time() == 1 * MS);
        assertThat(queue.held()).isEqualTo(4);
    }

    @Test
    @DisplayName("netstack-holders.md catalogue 4, real-world-reports.md B9: a socket that nobody reads keeps its packets for "
            + "days, and nobody is a hung task")
    void a_never_read_socket_keeps_its_packets_for_days_and_nobody_is_a_hung_task() {
        BufferHolder queue = rig.holder("never-read-socket");
        rig.giveAt(0, queue, 10);
        rig.eventAt(1 * SECOND, queue, new HolderEvent.DeviceDown("eth4"));
        rig.eventAt(1 * SECOND, queue, new HolderEvent.Unregister("eth4"));
        rig.eventAt(1 * SECOND, queue, new HolderEvent.NetRxSoftirq(0));
        rig.eventAt(1 * SECOND, queue, new HolderEvent.CpuOffline(0));
        rig.at(591_248 * SECOND, () -> assertThat(queue.held()).isEqualTo(10));
        rig.eventAt(600_000 * SECOND, queue, new HolderEvent.ProcessExit("app"));
        rig.run();
        assertThat(rig.buffers.releases).hasSize(10).allMatch(r -> r.time() == 600_000 * SECOND);
        assertThat(rig.kernel.findingRecords()).isEmpty();
    }

    @Test
    void a_stuck_socket_reads_stops_and_goes_on() {
        BufferHolder queue = rig.holder("stuck-socket,runs-for=1s,stuck-for=10s,read-after=1ms,process=java");
        rig.giveAt(0, queue, 1);
        rig.giveAt(500 * MS, queue, 1);
        rig.giveAt(2 * SECOND, queue, 5);
        rig.at(3 * SECOND, () -> assertThat(queue.reason()).endsWith("reader stopped"));
        rig.run();
        assertThat(rig.buffers.releases).extracting(FakeBuffers.Release::time).startsWith(1 * MS, 501 * MS)
                .endsWith(11 * SECOND + 1 * MS).hasSize(7);
    }

    @Test
    void a_stuck_socket_without_end_ends_with_its_process() {
        BufferHolder queue = rig.holder("stuck-socket");
        rig.giveAt(0, queue, 1);
        rig.giveAt(2 * SECOND, queue, 5);
        rig.at(3600 * SECOND, () -> assertThat(queue.held()).isEqualTo(5));
        rig.eventAt(3601 * SECOND, queue, new HolderEvent.ProcessExit("java"));
        rig.run();
        assertThat(rig.buffers.live()).isZero();
    }

    @Test
    @DisplayName("netstack-holders.md 3, real-world-reports.md C5: a socket that got an RST in CLOSE_WAIT lets go only when its "
            + "file descriptor is closed")
    void close_wait() {
        BufferHolder queue = rig.holder("close-wait,reset-after=100ms");
        rig.giveAt(0, queue, 3);
        rig.giveAt(50 * MS, queue, 2);
        rig.giveAt(200 * MS, queue, 1);
        rig.at(300 * MS, () -> assertThat(queue.held()).isEqualTo(5));
        rig.taskAt(1 * SECOND, () -> assertThat(((SocketControl) queue).destroy()).as("ss -K").isFalse());
        rig.eventAt(2 * SECOND, queue, new HolderEvent.NamespaceExit());
        rig.eventAt(3 * SECOND, queue, new HolderEvent.MemoryPressure());
        rig.at(4 * SECOND, () -> {
            assertThat(queue.held()).isEqualTo(5);
            assertThat(queue.reason()).matches("tcp receive queue of app\\[\\d+], socket in CLOSE after an RST in CLOSE_WAIT");
            assertThat(rig.reasonOf(0)).isEqualTo(queue.reason());
        });
        rig.eventAt(5 * SECOND, queue, new HolderEvent.ProcessExit("app"));
        rig.run();
        assertThat(rig.buffers.releases).filteredOn(r -> r.time() == 200 * MS).as("the connection is reset").hasSize(1);
        assertThat(rig.buffers.releases).filteredOn(r -> r.time() == 5 * SECOND).hasSize(5);
    }

    @Test
    void ss_destroys_other_sockets() {
        BufferHolder queue = rig.holder("never-read-socket");
        rig.giveAt(0, queue, 3);
        rig.taskAt(1 * SECOND, () -> {
            assertThat(((SocketControl) queue).belongsTo("app")).isTrue();
            assertThat(((SocketControl) queue).belongsTo("other")).isFalse();
            assertThat(((SocketControl) queue).destroy()).isTrue();
            assertThat(((SocketControl) queue).destroy()).as("a second time").isFalse();
        });
        rig.eventAt(2 * SECOND, queue, new HolderEvent.ProcessExit("app"));
        rig.run();
        assertThat(rig.buffers.releases).hasSize(3).allMatch(r -> r.time() == SECOND);
        assertThat(rig.kernel.findingRecords()).as("the socket is freed once").isEmpty();
    }

    @Test
    void sockets_may_be_destroyed_while_their_reader_is_in_the_middle_of_freeing() {
        rig.buffers.releaseNanos = 30 * US;
        BufferHolder queue = rig.holder("tcp-receive-queue,read-after=1ms");
        rig.giveAt(0, queue, 10);
        rig.taskAt(1 * MS + 100 * US, () -> {
            assertThat(queue.held()).isBetween(1, 9);
            ((SocketControl) queue).destroy();
        });
        rig.run();
        assertThat(rig.buffers.releases).hasSize(10).extracting(FakeBuffers.Release::task).contains("iperf3", "bash");
        assertThat(rig.kernel.findingRecords()).isEmpty();
    }

    @Test
    @DisplayName("netstack-holders.md catalogue 6: the backlog of a locked socket waits for the unlock")
    void the_backlog_waits_for_the_unlock() {
        BufferHolder backlog = rig.holder("socket-backlog,locked-for=3ms");
        rig.giveAt(0, backlog, 200);
        rig.run();
        int room = (2 * 131072 + 16384 / 2 + 65536) / TRUESIZE + 1;
        assertThat(rig.buffers.releases).filteredOn(r -> r.time() == 3 * MS).hasSize(room).allMatch(FakeBuffers.Release::deferred);
        assertThat(rig.buffers.releases).hasSize(200);
    }

    @Test
    void the_defer_list_gets_packets_from_a_prompt_reader_on_another_cpu() {
        BufferHolder list = rig.holder("defer-list");
        rig.giveAt(0, list, 40);
        rig.run();
        assertThat(rig.buffers.releases).hasSize(40).allMatch(r -> r.deferred() && r.time() == 20 * US && r.cpu() != 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 250, 1000})
    @DisplayName("netstack-holders.md 4.4: a lost peer is given up after 15 retries, at least 924.6 s, rounded up by the timer wheel")
    void a_lost_peer(int hz) {
        try (HolderRig other = new HolderRig(KernelConfig.basic(1).withTimers(hz, false))) {
            BufferHolder queue = other.holder("tcp-out-of-order,read-after=1ms");
            other.giveAt(1 * SECOND, queue, 5);
            other.giveAt(2 * SECOND, queue, 5);
            other.run();
            assertThat(other.buffers.releases).hasSize(10).allMatch(r -> r.task().equals("iperf3"));
            long held = other.buffers.releases.getFirst().time() - SECOND;
            assertThat(held).isBetween(924_600 * MS, 924_600 * MS * 1125 / 1000);
        }
    }

    @Test
    void without_rounding_it_is_exactly_the_sum_of_the_timeouts() {
        assertThat(RetransmitTimer.leastMs(RetransmitTimer.RETRIES)).isEqualTo(924_600);
        assertThat(RetransmitTimer.leastMs(RetransmitTimer.ORPHAN_RETRIES)).isEqualTo(102_200);
        try (HolderRig other = new HolderRig(KernelConfig.basic(1).withTimers(1000, true))) {
            BufferHolder queue = other.holder("tcp-out-of-order,read-after=0s");
            other.giveAt(0, queue, 1);
            other.run();
            assertThat(other.buffers.releasedAt(0)).isEqualTo(924_600 * MS);
        }
    }

    @Test
    @DisplayName("netstack-holders.md catalogue 5: a filled gap lets everything behind it be read")
    void a_filled_gap_lets_everything_behind_it_be_read_and_the_next_packet_opens_another() {
        BufferHolder queue = rig.holder("tcp-out-of-order,filled-after=40s,read-after=1ms");
        rig.giveAt(0, queue, 2);
        rig.giveAt(10 * SECOND, queue, 2);
        rig.giveAt(50 * SECOND, queue, 1);
        rig.run();
        assertThat(rig.buffers.releases).extracting(FakeBuffers.Release::time)
                .containsExactly(40 * SECOND + MS, 40 * SECOND + MS, 40 * SECOND + MS, 40 * SECOND + MS, 90 * SECOND + MS);
    }

    @Test
    @DisplayName("netstack-holders.md 6: memory pressure prunes the out-of-order queue")
    void memory_pressure_prunes() {
        BufferHolder queue = rig.holder("tcp-out-of-order");
        rig.giveAt(0, queue, 4);
        rig.eventAt(1 * SECOND, queue, new HolderEvent.MemoryPressure());
        rig.run();
        assertThat(rig.buffers.releases).extracting(FakeBuffers.Release::skb).as("from its end").containsExactly(3, 2, 1, 0);
        assertThat(rig.kernel.now()).as("no timer is left").isLessThan(2 * SECOND);
    }

    @Test
    @DisplayName("netstack-holders.md catalogue 19: a stream parser keeps packets until their record is complete")
    void a_stream_parser_keeps_packets_until_their_record_is_complete() {
        BufferHolder parser = rig.holder("strparser,record=4000B,read-after=1ms");
        rig.giveAt(0, parser, 1);
        rig.giveAt(1 * SECOND, parser, 1);
        rig.giveAt(2 * SECOND, parser, 1);
        rig.at(3 * SECOND, () -> assertThat(parser.held()).as("the third packet holds the begin of the next record").isEqualTo(1));
        rig.eventAt(4 * SECOND, parser, new HolderEvent.ProcessExit("nginx"));
        rig.run();
        assertThat(rig.buffers.releases).extracting(FakeBuffers.Release::time)
                .containsExactly(2 * SECOND + MS, 2 * SECOND + MS, 4 * SECOND);
    }

    @Test
    @DisplayName("netstack-holders.md catalogue 24: a retransmit queue lets go when it is acknowledged")
    void a_retransmit_queue_lets_go_when_it_is_acknowledged() {
        BufferHolder queue = rig.holder("retransmit-queue,ack-after=3ms");
        rig.giveAt(0, queue, 2);
        rig.giveAt(1 * MS, queue, 1);
        rig.run();
        assertThat(rig.buffers.releases).extracting(FakeBuffers.Release::time).containsExactly(3 * MS, 3 * MS, 4 * MS);
        assertThat(rig.buffers.releases).allMatch(r -> r.context() == ContextKind.SOFTIRQ);
    }

    @Test
    void a_lost_peer_of_a_forwarder_is_given_up_earlier_once_the_process_is_dead() {
        BufferHolder queue = rig.holder("retransmit-queue,ack-after=forever");
        rig.giveAt(0, queue, 3);
        rig.eventAt(10 * SECOND, queue, new HolderEvent.ProcessExit("haproxy"));
        rig.at(100 * SECOND, () -> assertThat(queue.held()).isEqualTo(3));
        rig.run();
        assertThat(rig.buffers.releases).hasSize(3).allMatch(r -> r.time() > 112 * SECOND && r.time() < 130 * SECOND);
    }
}
