package io.dmalab.netstack;

import static io.dmalab.netstack.TestMachine.MS;
import static io.dmalab.netstack.TestMachine.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.net.BufferHolder;
import io.dmalab.core.kernel.KernelConfig;
import io.dmalab.core.scenario.BadInput;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A bond of a NIC with a page_pool and a virtual Ethernet adapter, as hybrid network virtualisation has it. */
class BondingTest {
    private static final String TRAFFIC = "constant-rate,rate=1kpps,flows=4,duration=20s";

    private final TestMachine machine = new TestMachine(KernelConfig.basic(1).withLimits(60 * SECOND, 5_000_000));
    private final PoolNic vf = machine.nic("eth4", TRAFFIC);

    BondingTest() {
        machine.veth("eth5", TRAFFIC);
    }

    @AfterEach
    void close() {
        machine.close();
    }

    private NetDevice netdev(String name) {
        return machine.netdevs.byName(name).orElseThrow();
    }

    /** Boots with bond0 of eth4 (active) and eth5 set up at once; other steps follow. */
    private void bonded(Runnable steps) {
        machine.boot(() -> {
            machine.step(machine.kernel.now(), "{ do: bond, slaves: [eth4, eth5], primary: eth4 }");
            steps.run();
        });
    }

    private void bonded() {
        bonded(() -> { });
    }

    private String active() {
        return machine.bonds.active("bond0").map(NetDevice::name).orElse("none");
    }

    @Test
    void setting_up_a_bond_is_logged_as_the_kernel_does() {
        bonded();
        machine.task(1 * SECOND, "test", () -> {
            assertThat(active()).isEqualTo("eth4");
            assertThat(netdev("eth4").master()).isSameAs(netdev("bond0"));
            assertThat(netdev("eth4").receivesTraffic()).isTrue();
            assertThat(netdev("eth5").receivesTraffic()).isFalse();
            assertThat(netdev("bond0").carrierOn()).isTrue();
        });
        machine.run();
        assertThat(machine.log()).containsExactly(
                "Ethernet Channel Bonding Driver: v6.14.0-rc3",
                "bond0: (slave eth4): making interface the new active one",
                "bond0: (slave eth4): Enslaving as an active interface with an up link",
                "bond0: (slave eth5): Enslaving as a backup interface with an up link");
        assertThat(vf.pools).as("enslaving closes and opens the interface").hasSize(2);
    }

    @Test
    @DisplayName("netstack-holders.md 4.2: the bond rewrites the packet's device")
    void the_device_of_a_packet() {
        BufferHolder queue = machine.holder(1, "nfqueue,verdict-after=forever");
        bonded();
        machine.task(1 * SECOND, "ip", () -> {
            int held = queue.held();
            assertThat(held).isGreaterThan(900);
            machine.netdevs.close(netdev("eth4"));
            assertThat(queue.held()).as("they name bond0").isEqualTo(held);
            machine.netdevs.close(netdev("bond0"));
            assertThat(queue.held()).isZero();
        });
        machine.run();
    }

    @Test
    void what_a_backup_receives_is_not_for_the_bond() {
        bonded();
        machine.softirq(1 * SECOND, 0, () -> {
            long before = received();
            machine.stack.receive(machine.skbs.allocCopy(1500, netdev("eth5"), 0));
            assertThat(received()).isEqualTo(before);
            machine.stack.receive(machine.skbs.allocCopy(1500, netdev("eth4"), 0));
            assertThat(received()).isEqualTo(before + 1);
        });
        machine.run();
        assertThat(machine.skbs.live()).isZero();
    }

    private long received() {
        return machine.kernel.metrics().counter(Metrics.RX_PACKETS).value();
    }

    @Test
    @DisplayName("netstack-holders.md 4.4: after a fail-over a reader that is awake soon holds none of the old pages, an idle "
            + "or stuck one keeps them")
    void an_active_socket_drains_and_a_stuck_one_does_not() {
        BufferHolder active = machine.holder(0.9, "tcp-receive-queue,process=iperf3,sockets=2,read-after=5ms");
        BufferHolder stuck = machine.holder(0.1, "never-read-socket");
        bonded(() -> machine.step(2 * SECOND, "bond-failover,bond=bond0,to=eth5"));
        int[] kept = new int[1];
        machine.task(4 * SECOND, "test", () -> {
            assertThat(active()).isEqualTo("eth5");
            kept[0] = machine.late();
            assertThat(kept[0]).as("pages of the pool that ended at the fail-over").isEqualTo(pagesHeldBy("never read"))
                    .isBetween(20, stuck.held());
            assertThat(active.held()).isLessThan(20);
            assertThat(received()).as("traffic goes on").isGreaterThan(3_900);
        });
        machine.task(30 * SECOND, "test", () -> assertThat(machine.late()).isEqualTo(kept[0]));
        machine.step(40 * SECOND, "kill-process,process=app");
        machine.task(45 * SECOND, "test", () -> assertThat(machine.late()).isZero());
        machine.run();
        assertThat(machine.log()).endsWith("bond0: (slave eth4): Releasing backup interface",
                "bond0: (slave eth5): making interface the new active one");
    }

    private int pagesHeldBy(String reason) {
        int count = 0;
        for (int page = 0; page < machine.kernel.pages().highWater(); page++) {
            PagePool pool = machine.pools.ofPage(page);
            count += pool != null && pool.isDestroyed() && machine.kernel.pages().holderOf(page).contains(reason) ? 1 : 0;
        }
        return count;
    }

    @Test
    void hcnrmdev_releases_and_closes_and_network_manager_brings_the_interface_up_again() {
        bonded(() -> machine.step(2 * SECOND, "bond-failover,to=eth5"));
        machine.task(3 * SECOND, "test", () -> {
            assertThat(netdev("eth4").master()).isNull();
            assertThat(netdev("eth4").isUp()).isTrue();
            assertThat(netdev("eth4").receivesTraffic()).as("nobody sends to it").isFalse();
            assertThat(netdev("eth4").references()).isEqualTo(2);
        });
        machine.run();
        assertThat(vf.pools).as("boot, enslave, and after the release").hasSize(3);
    }

    @Test
    void set_active_leaves_both_in_the_bond() {
        bonded(() -> {
            machine.step(2 * SECOND, "bond-failover,to=eth5,how=set-active");
            machine.step(3 * SECOND, "bond-failover,to=eth4,how=set-active");
        });
        machine.task(2500 * MS, "test", () -> assertThat(active()).isEqualTo("eth5"));
        machine.task(3500 * MS, "test", () -> assertThat(active()).isEqualTo("eth4"));
        machine.run();
        assertThat(machine.log()).endsWith("bond0: (slave eth5): making interface the new active one",
                "bond0: (slave eth4): making interface the new active one");
        assertThat(vf.pools).hasSize(2);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"link,device=eth4,state=down", "ifdown,device=eth4"})
    void a_lost_link_is_noticed_within_miimon(String step) {
        bonded(() -> machine.step(2 * SECOND, step));
        machine.task(1999 * MS, "test", () -> assertThat(active()).isEqualTo("eth4"));
        machine.task(2150 * MS, "test", () -> assertThat(active()).isEqualTo("eth5"));
        machine.run();
        assertThat(machine.log()).endsWith("bond0: (slave eth4): link status definitely down, disabling slave",
                "bond0: (slave eth5): making interface the new active one");
    }

    @Test
    void a_link_that_comes_back_makes_a_backup() {
        bonded(() -> {
            machine.step(2 * SECOND, "link,device=eth4,state=down");
            machine.step(3 * SECOND, "link,device=eth4,state=up");
        });
        machine.task(4 * SECOND, "test", () -> assertThat(active()).isEqualTo("eth5"));
        machine.run();
        assertThat(machine.log().getLast()).isEqualTo("bond0: (slave eth4): link status definitely up, 0 Mbps full duplex");
    }

    @Test
    void no_link_at_all_and_the_first_that_returns() {
        bonded(() -> {
            machine.step(2 * SECOND, "link,device=eth4,state=down");
            machine.step(3 * SECOND, "link,device=eth5,state=down");
            machine.step(4 * SECOND, "link,device=eth4,state=up");
        });
        machine.task(3500 * MS, "test", () -> assertThat(netdev("bond0").carrierOn()).isFalse());
        machine.run();
        assertThat(machine.log()).endsWith(
                "bond0: (slave eth4): link status definitely down, disabling slave",
                "bond0: (slave eth5): making interface the new active one",
                "bond0: (slave eth5): link status definitely down, disabling slave",
                "bond0: now running without any active interface!",
                "bond0: (slave eth4): link status definitely up, 0 Mbps full duplex",
                "bond0: (slave eth4): making interface the new active one",
                "bond0: active interface up!");
        assertThat(active()).isEqualTo("eth4");
    }

    @Test
    void delays_of_the_monitor() {
        machine.boot(() -> {
            machine.step(machine.kernel.now(), "{ do: bond, slaves: [eth4, eth5], down-delay: 500ms }");
            machine.step(2 * SECOND, "link,device=eth4,state=down");
            machine.step(2250 * MS, "link,device=eth4,state=up");
            machine.step(4 * SECOND, "link,device=eth4,state=down");
        });
        machine.task(4300 * MS, "test", () -> assertThat(active()).isEqualTo("eth4"));
        machine.task(4700 * MS, "test", () -> assertThat(active()).isEqualTo("eth5"));
        machine.run();
        assertThat(machine.log()).contains("bond0: (slave eth4): link status down for active interface, disabling it in 500 ms")
                .anyMatch(line -> line.matches("bond0: \\(slave eth4\\): link status up again after [23]00 ms"));
    }

    @Test
    @DisplayName("dlpar-and-notifiers.md 8: a slave that is unregistered is released by the notifier, and the bond fails over")
    void unregistering_a_slave_fails_over() {
        bonded();
        machine.task(2 * SECOND, "drmgr", () -> machine.kernel.devices().remove(machine.device("eth4")));
        machine.task(3 * SECOND, "test", () -> {
            assertThat(active()).isEqualTo("eth5");
            assertThat(machine.netdevs.byName("eth4")).isEmpty();
        });
        machine.run();
        assertThat(machine.log()).contains("bond0: (slave eth4): Releasing backup interface",
                "bond0: (slave eth5): making interface the new active one");
        assertThat(machine.kernel.findingRecords()).isEmpty();
    }

    @Test
    @DisplayName("netstack-holders.md 4.2: a packet in the backlog bears the bond's pointer, which is why the flush for a slave misses it")
    void a_packet_in_the_backlog_is_the_bond_s() {
        bonded(() -> machine.task(1 * SECOND, "sysctl", () -> netdev("bond0").rpsCpus(5)));
        machine.task(2500 * MS + 500_000, "test", () -> {
            long before = received();
            int skb = machine.skbs.allocCopy(1500, netdev("eth4"), 0);
            machine.stack.receive(skb);
            assertThat(machine.stack.backlogLength(5)).isEqualTo(1);
            assertThat(machine.skbs.dev(skb)).isSameAs(netdev("bond0"));
            machine.kernel.devices().remove(machine.device("eth4"));
            assertThat(received()).isEqualTo(before + 1);
        });
        machine.run();
        assertThat(machine.kernel.findingRecords()).isEmpty();
    }

    @Test
    void what_the_bond_sends_leaves_by_the_active_slave() {
        bonded();
        machine.task(1 * SECOND, "ping", () -> {
            int live = machine.skbs.live();
            assertThat(machine.netdevs.xmit(netdev("bond0"), machine.skbs.allocPages(100, netdev("bond0"), 0))).isTrue();
            assertThat(machine.skbs.live()).isEqualTo(live);
        });
        machine.run();
        assertThat(machine.kernel.findingRecords()).isEmpty();
    }

    @Test
    void the_only_slave_is_not_released() {
        machine.boot(() -> {
            machine.step(machine.kernel.now(), "bond,slaves=eth4");
            machine.step(2 * SECOND, "bond-failover");
        });
        machine.run();
        assertThat(machine.log().getLast()).matches("NetworkManager\\[\\d+]: error code 16, Network device busy, no backup device");
        assertThat(active()).isEqualTo("eth4");
    }

    @Test
    void a_passive_virtual_ethernet_lets_its_traffic_pass_by_and_an_active_one_does_not() {
        bonded(() -> machine.step(5 * SECOND, "bond-failover,to=eth5"));
        long[] packets = new long[2];
        machine.task(5 * SECOND, "test", () -> packets[0] = received());
        machine.task(10 * SECOND, "test", () -> packets[1] = received());
        machine.run();
        assertThat(packets[0]).as("of the NIC alone").isBetween(4_900L, 5_001L);
        assertThat(packets[1] - packets[0]).isBetween(4_950L, 5_000L);
    }

    @Test
    void virtual_ethernet_packets_hold_no_page() {
        BufferHolder socket = machine.holder(1, "never-read-socket,receive-buffer=1MiB");
        bonded(() -> machine.step(MS * 10, "bond-failover,to=eth5"));
        machine.task(1 * SECOND, "test", () -> {
            assertThat(socket.held()).isGreaterThan(400);
            assertThat(machine.late()).isLessThan(20);
        });
        machine.run();
    }

    @Test
    void the_virtual_adapter_can_be_removed() {
        machine.boot(() -> { });
        machine.task(1 * SECOND, "drmgr", () -> machine.kernel.devices().remove(machine.device("eth5")));
        machine.run();
        assertThat(machine.netdevs.byName("eth5")).isEmpty();
        assertThat(machine.kernel.findingRecords()).isEmpty();
    }

    @Test
    void options_that_cannot_be() {
        machine.boot(() -> {
            for (List<String> bad : List.of(List.of("{ do: bond, slaves: [eth4, eth9] }", "unknown interface 'eth9'; known: eth4, eth5"),
                    List.of("{ do: bond, slaves: [eth4, eth5], primary: eth6 }", "primary 'eth6' is not a slave; use one of eth4, eth5"),
                    List.of("{ do: bond, slaves: [eth4, eth4] }", "names an interface twice"),
                    List.of("bond,slaves=eth4,miimon=100ms,up-delay=150ms", "is not a multiple of miimon"),
                    List.of("bond-failover,how=set-active", "needs the slave that takes over"),
                    List.of("bond-failover,to=eth4,from=eth4", "cannot both"))) {
                assertThatThrownBy(() -> machine.step(SECOND, bad.getFirst())).as(bad.getFirst())
                        .isInstanceOfAny(BadInput.class, IllegalArgumentException.class).hasMessageContaining(bad.getLast());
            }
        });
        machine.run();
    }
}
