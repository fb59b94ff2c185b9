package io.dmalab.netstack;

import static io.dmalab.netstack.TestMachine.MS;
import static io.dmalab.netstack.TestMachine.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.net.BufferHolder;
import io.dmalab.api.net.HolderEvent;
import io.dmalab.core.kernel.KernelConfig;
import io.dmalab.netstack.holders.SplicePipe;
import io.dmalab.netstack.holders.TcpMmap;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Holders above a NIC with a page_pool: who owns pages, when they go home, what keeps them mapped. */
class StackHoldersTest {
    private final TestMachine machine = new TestMachine(KernelConfig.basic(1).withLimits(4000 * SECOND, 50_000_000));

    @AfterEach
    void close() {
        machine.close();
    }

    private PoolNic nic(String workload) {
        return machine.nic("eth4", workload);
    }

    @Test
    @DisplayName("netstack-holders.md invariant 1: each page in flight has a holder that says why, and the holders' owners add "
            + "up to pp_ref_count")
    void every_page_has_a_holder() {
        PoolNic nic = nic("constant-rate,rate=1kpps,duration=2s,flows=7");
        List<BufferHolder> holders = List.of(
                machine.holder(0.4, "tcp-receive-queue,read-after=2h"), machine.holder(0.1, "never-read-socket"),
                machine.holder(0.1, "ip-frag"), machine.holder(0.1, "udp-receive-queue,read-after=forever"),
                machine.holder(0.1, "tcp-out-of-order"), machine.holder(0.1, "nfqueue,verdict-after=forever"),
                machine.holder(0.05, "leak"));
        machine.boot(() -> { });
        machine.task(1500 * MS, "ip", () -> machine.netdevs.close(nic.netdev()));
        // after a tick of the worker, which has emptied the ring
        machine.task(5 * SECOND, "test", () -> {
            PagePool pool = nic.pools.getFirst();
            int owners = 0;
            TreeMap<String, Integer> reasons = new TreeMap<>();
            for (int page = 0; page < machine.kernel.pages().highWater(); page++) {
                if (machine.pools.ofPage(page) == pool && pool.owners(page) > 0
                        && !machine.kernel.pages().holderOf(page).equals("nobody")) {
                    owners += pool.owners(page);
                    reasons.merge(machine.kernel.pages().holderOf(page), pool.owners(page), Integer::sum);
                }
            }
            assertThat(owners).isEqualTo(holders.stream().mapToInt(BufferHolder::held).sum()).isPositive();
            for (BufferHolder holder : holders) {
                assertThat(reasons.getOrDefault(holder.reason(), 0)).as(holder.reason()).isEqualTo(holder.held());
            }
            assertThat(pool.inflight()).isEqualTo(owners);
        });
        machine.run();
    }

    @Test
    @DisplayName("netstack-holders.md invariant 2 and catalogue 21: what only a pipe references is neither in flight nor mapped, "
            + "however long the pipe is not read")
    void a_pipe_holds_no_mapping() {
        PoolNic nic = nic("constant-rate,rate=1kpps,duration=30ms,flows=1");
        SplicePipe splice = (SplicePipe) machine.holder(1, "splice-pipe,read-after=forever,splice-after=10us");
        machine.boot(() -> { });
        machine.task(1 * SECOND, "ip", () -> machine.netdevs.close(nic.netdev()));
        machine.task(3 * SECOND, "test", () -> {
            assertThat(splice.referenced()).as("the pipe's slots").isEqualTo(16);
            assertThat(splice.held()).as("what waits in the socket").isEqualTo(14);
            assertThat(machine.late()).isEqualTo(14);
            assertThat(machine.iommu.entries).hasSize(14);
        });
        machine.step(5 * SECOND, "kill-process,process=nginx");
        machine.task(8 * SECOND, "test", () -> {
            assertThat(splice.held()).isZero();
            assertThat(machine.iommu.entries).as("the pipe's pages are still there, unmapped").isEmpty();
            assertThat(splice.referenced()).isEqualTo(16);
            assertThat(machine.pools.all()).isEmpty();
        });
        machine.step(9 * SECOND, "kill-process,process=cat");
        machine.run();
        assertThat(splice.referenced()).isZero();
        assertThat(machine.kernel.findingRecords()).isEmpty();
    }

    @Test
    void a_pipe_that_is_read_lets_the_socket_go_on() {
        nic("constant-rate,rate=100kpps,duration=10ms,flows=1");
        SplicePipe splice = (SplicePipe) machine.holder(1, "splice-pipe,read-after=100us,splice-after=10us");
        machine.boot(() -> { }).run();
        assertThat(splice.held()).isZero();
        assertThat(splice.referenced()).isZero();
        assertThat(machine.skbs.live()).isLessThanOrEqualTo(32);
    }

    @Test
    @DisplayName("netstack-holders.md catalogue 22: zero-copy receive references whole pages and copies the rest")
    void zero_copy_receive_references_whole_pages_and_copies_the_rest() {
        TcpMmap mmap = (TcpMmap) machine.holder(1, "tcp-mmap,read-after=1ms,mapped-for=1s,cpu=0");
        PoolNic nic = nic("constant-rate,rate=1pps,duration=1ms");
        machine.boot(() -> {
            PagePool pool = nic.pools.getFirst();
            int whole = pool.allocPage();
            int part = pool.allocPage();
            machine.kernel.sched().at(machine.kernel.now() + 5 * MS, ContextKind.SOFTIRQ, 0, word -> {
                machine.stack.receive(machine.skbs.build(whole, 0, machine.kernel.pages().pageSize(), 65536, nic.netdev(), 0));
                machine.stack.receive(machine.skbs.build(part, 0, 1500, 2048, nic.netdev(), 0));
            }, 0);
        });
        machine.task(100 * MS, "test", () -> {
            assertThat(mmap.held()).isZero();
            assertThat(mmap.referenced()).isEqualTo(1);
        });
        machine.task(2 * SECOND, "test", () -> assertThat(mmap.referenced()).isZero());
        machine.run();
        assertThat(machine.kernel.findingRecords()).isEmpty();
    }

    @Test
    @DisplayName("netstack-holders.md 1: a page is released when the last of packet and clone goes")
    void a_clone_keeps_the_page() {
        BufferHolder tcpdump = machine.make(BufferHolder.class, "packet-socket,read-after=1s");
        PoolNic nic = nic("constant-rate,rate=1pps,duration=1ms");
        machine.boot(() -> {
            PagePool pool = nic.pools.getFirst();
            int page = pool.allocPage();
            machine.kernel.sched().at(machine.kernel.now(), ContextKind.SOFTIRQ, 0, word -> {
                int skb = machine.skbs.build(page, 0, 1500, 2048, nic.netdev(), 0);
                tcpdump.take(machine.skbs.clone(skb));
                machine.skbs.release(skb);
                assertThat(pool.owners(page)).isEqualTo(1);
                assertThat(machine.kernel.pages().holderOf(page)).startsWith("packet socket queue (clones) of tcpdump");
            }, 0);
        });
        machine.run();
        assertThat(tcpdump.held()).isZero();
        assertThat(machine.skbs.live()).isZero();
    }

    @Test
    @DisplayName("netstack-holders.md 6 and catalogue 16: device down drops the NFQUEUE entries that name the device, and only those")
    void nfqueue_and_device_down() {
        PoolNic nic = nic("constant-rate,rate=1kpps,duration=20ms");
        PoolNic other = machine.nic("eth5", "constant-rate,rate=1kpps,duration=10ms");
        BufferHolder queue = machine.holder(1, "nfqueue,verdict-after=forever");
        machine.boot(() -> { });
        machine.task(1 * SECOND, "ip", () -> {
            assertThat(queue.held()).isEqualTo(30);
            machine.netdevs.close(nic.netdev());
            assertThat(queue.held()).isEqualTo(10);
        });
        machine.step(2 * SECOND, "kill-process,process=suricata");
        machine.run();
        assertThat(queue.held()).isZero();
        assertThat(other.pools.getFirst().inflight()).as("in the pool's cache").isPositive();
    }

    @Test
    @DisplayName("netstack-holders.md catalogue 16: a full NFQUEUE drops or lets pass")
    void a_full_nfqueue_drops_or_lets_pass() {
        nic("constant-rate,rate=10kpps,duration=10ms");
        BufferHolder drops = machine.holder(0.5, "nfqueue,limit=10,verdict-after=forever");
        BufferHolder opens = machine.holder(0.5, "nfqueue,limit=10,verdict-after=forever,fail-open=on");
        machine.boot(() -> { }).run();
        assertThat(drops.held()).isEqualTo(10);
        assertThat(opens.held()).isEqualTo(10);
        assertThat(machine.kernel.metrics().counter("holder_dropped_packets").value()).isBetween(20L, 60L);
    }

    /**
     * <pre>
     *   CPU 0 (NIC)               CPU 6 (memcached)
     *   ----                      ----
     *   packets
     *                             reads, leaves them on CPU 0's defer list
     *   ... goes idle with up to 32 of them
     *   ... an hour later: net-rx
     *   frees them
     * </pre>
     */
    @Test
    @DisplayName("netstack-holders.md 4.1 and catalogue 3: up to 32 packets stay on an idle CPU's defer list until something "
            + "unrelated wakes it")
    void idle_cpu() {
        PoolNic nic = nic("constant-rate,rate=100pps,duration=250ms");
        BufferHolder reader = machine.holder(1, "defer-list");
        machine.boot(() -> { });
        machine.task(1 * SECOND, "ip", () -> machine.netdevs.close(nic.netdev()));
        int[] parked = new int[1];
        machine.task(3600 * SECOND, "test", () -> {
            parked[0] = machine.late();
            assertThat(reader.held()).isZero();
            assertThat(parked[0]).isBetween(1, 32);
        });
        machine.step(3601 * SECOND, "net-rx,cpu=3");
        machine.task(3605 * SECOND, "test", () -> assertThat(machine.late()).as("the wrong CPU").isEqualTo(parked[0]));
        machine.step(3610 * SECOND, "net-rx,cpu=0");
        machine.run();
        assertThat(machine.pools.all()).isEmpty();
    }

    @Test
    void a_cpu_that_goes_offline_gives_its_defer_list_back() {
        PoolNic nic = nic("constant-rate,rate=100pps,duration=250ms");
        machine.holder(1, "defer-list");
        machine.boot(() -> { });
        machine.task(1 * SECOND, "ip", () -> machine.netdevs.close(nic.netdev()));
        machine.task(9 * SECOND, "test", () -> assertThat(machine.late()).isPositive());
        machine.step(10 * SECOND, "cpu-offline,cpu=0");
        machine.run();
        assertThat(machine.pools.all()).isEmpty();
    }

    @Test
    @DisplayName("netstack-holders.md invariant 6: unregister never waits for packets that sockets hold")
    void unregister_does_not_wait() {
        PoolNic nic = nic("constant-rate,rate=1kpps,duration=50ms");
        BufferHolder socket = machine.holder(1, "never-read-socket");
        machine.boot(() -> { });
        machine.task(1 * SECOND, "rmmod", () -> {
            long before = machine.kernel.now();
            machine.kernel.devices().remove(machine.device("eth4"));
            assertThat(machine.kernel.now() - before).isLessThan(10 * MS);
            assertThat(socket.held()).isEqualTo(50);
            assertThat(machine.late()).isEqualTo(50);
        });
        machine.step(600 * SECOND, "kill-process,process=app");
        machine.run();
        assertThat(machine.pools.all()).as("one tick of the worker after the kill").isEmpty();
        assertThat(machine.iommu.entries).isEmpty();
        assertThat(nic.pools).hasSize(1);
    }

    @Test
    @DisplayName("netstack-holders.md invariant 5: killing every process and the namespace and flushing defer lists leaves only "
            + "leaks after 60 s")
    void only_leaks_remain() {
        PoolNic nic = nic("poisson,rate=2kpps,duration=1s,flows=20");
        BufferHolder leak = machine.holder(0.02, "leak");
        for (String spec : List.of("tcp-receive-queue", "never-read-socket", "stuck-socket", "close-wait", "tcp-out-of-order",
                "socket-backlog", "udp-receive-queue", "packet-socket", "ip-frag", "ipv6-frag", "neighbour-queue", "qdisc",
                "foreign-tx,stuck-after=0s", "veth-ring", "tap-queue,read-after=forever", "nfqueue,verdict-after=forever", "defer-list",
                "strparser", "splice-pipe,read-after=forever", "tcp-mmap", "retransmit-queue,ack-after=forever", "async-crypto",
                "xfrm-hold,ready-after=forever", "hold,time=forever")) {
            machine.holder(0.04, spec);
        }
        machine.boot(() -> { });
        machine.task(1 * SECOND, "ip", () -> machine.netdevs.close(nic.netdev()));
        machine.task(1001 * MS, "test", () -> assertThat(machine.late()).isGreaterThan(300));
        machine.step(2 * SECOND, "kill-process");
        machine.step(2 * SECOND, "namespace-exit");
        for (int cpu = 0; cpu < 8; cpu++) {
            machine.step(3 * SECOND, "net-rx,cpu=" + cpu);
        }
        machine.task(63 * SECOND, "test", () -> {
            assertThat(leak.held()).isPositive();
            assertThat(machine.late()).isEqualTo(leak.held());
            assertThat(machine.skbs.live()).isEqualTo(leak.held());
            assertThat(machine.iommu.entries).hasSize(leak.held());
        });
        machine.softirq(64 * SECOND, 0, () -> machine.stack.event(new HolderEvent.MemoryPressure()));
        machine.run();
        assertThat(machine.kernel.findingRecords()).isEmpty();
    }
}
