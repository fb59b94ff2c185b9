package io.dmalab.netstack.holders;

import static io.dmalab.netstack.holders.HolderRig.MS;
import static io.dmalab.netstack.holders.HolderRig.SECOND;
import static io.dmalab.netstack.holders.HolderRig.TRUESIZE;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.net.BufferHolder;
import io.dmalab.api.net.HolderEvent;
import io.dmalab.core.kernel.KernelConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fragments that wait for the rest. */
class ReassemblyTest {
    private final HolderRig rig = new HolderRig();

    @AfterEach
    void close() {
        rig.close();
    }

    @ParameterizedTest(name = "{0} at HZ {1}")
    @CsvSource({"ip-frag, 100, 30", "ip-frag, 250, 30", "ip-frag, 1000, 30", "ipv6-frag, 250, 60", "ipv6-frag, 1000, 60"})
    @DisplayName("netstack-holders.md invariant 3, catalogue 9 and 10: a fragment waits 30 s (IPv6: 60 s), rounded up by the timer "
            + "wheel, and is freed in timer context")
    void a_lonely_fragment(String id, int hz, int seconds) {
        try (HolderRig other = new HolderRig(KernelConfig.basic(1).withTimers(hz, false))) {
            BufferHolder holder = other.holder(id);
            other.giveAt(3 * MS, holder, 1);
            other.run();
            FakeBuffers.Release release = other.buffers.releases.getFirst();
            assertThat(release.time() - 3 * MS).isBetween(seconds * SECOND - 1000 * MS / hz, seconds * SECOND * 1125 / 1000
                    + 1000 * MS / hz);
            assertThat(release.context()).isEqualTo(ContextKind.TIMER);
        }
    }

    @Test
    void without_rounding_it_is_exactly_30_seconds() {
        try (HolderRig other = new HolderRig(KernelConfig.basic(1).withTimers(250, true))) {
            BufferHolder holder = other.holder("ip-frag");
            other.giveAt(3 * MS, holder, 1);
            other.run();
            assertThat(other.buffers.releasedAt(0)).isEqualTo(30 * SECOND + 3 * MS);
        }
    }

    @Test
    void the_time_counts_from_the_first_fragment_of_a_datagram() {
        BufferHolder holder = rig.holder("ip-frag,fragments=3,timeout=1s");
        rig.giveAt(0, holder, 1);
        rig.giveAt(500 * MS, holder, 2);
        rig.giveAt(600 * MS, holder, 1);
        rig.run();
        assertThat(rig.buffers.releasedAt(0)).isEqualTo(rig.buffers.releasedAt(1)).isEqualTo(rig.buffers.releasedAt(2))
                .isLessThan(1100 * MS);
        assertThat(rig.buffers.releasedAt(3)).as("the fourth begins a new datagram").isBetween(1600 * MS, 1700 * MS);
    }

    @Test
    void fragments_of_different_flows_are_different_datagrams() {
        BufferHolder holder = rig.holder("ip-frag,fragments=2,timeout=1s");
        rig.at(0, () -> rig.give(holder, 70));
        rig.at(400 * MS, () -> rig.give(holder, 3));
        rig.at(500 * MS, () -> rig.give(holder, 70));
        rig.run();
        assertThat(rig.buffers.releasedAt(2)).isEqualTo(rig.buffers.releasedAt(0));
        assertThat(rig.buffers.releasedAt(1)).isGreaterThan(rig.buffers.releasedAt(0) + 300 * MS);
    }

    @Test
    void a_complete_datagram_is_consumed_at_once_and_its_timer_is_gone() {
        BufferHolder holder = rig.holder("ip-frag,fragments=2,complete-after=5ms");
        rig.giveAt(0, holder, 2);
        rig.giveAt(1 * MS, holder, 1);
        rig.run();
        assertThat(rig.buffers.releases).extracting(FakeBuffers.Release::time).containsExactly(5 * MS, 5 * MS, 6 * MS);
        assertThat(rig.kernel.now()).isLessThan(SECOND);
    }

    @Test
    @DisplayName("netstack-holders.md catalogue 9: all datagrams share 4 MiB of truesize, beyond which fragments are dropped")
    void memory_limit() {
        BufferHolder holder = rig.holder("ip-frag");
        int room = (4 << 20) / TRUESIZE + 1;
        rig.giveAt(0, holder, room + 100);
        rig.at(10 * SECOND, () -> assertThat(holder.held()).isEqualTo(room));
        rig.giveAt(40 * SECOND, holder, 5);
        rig.at(41 * SECOND, () -> assertThat(holder.held()).as("there is room again").isEqualTo(5));
        rig.run();
        assertThat(rig.buffers.live()).isZero();
        assertThat(rig.kernel.metrics().counter(PacketSink.DROPPED).value()).isEqualTo(100);
    }

    @Test
    @DisplayName("netstack-holders.md 3: nothing flushes reassembly queues when the receiving device disappears; the namespace's end does")
    void only_the_namespace_ends_it() {
        BufferHolder holder = rig.holder("ip-frag");
        rig.giveAt(0, holder, 9);
        rig.eventAt(1 * SECOND, holder, new HolderEvent.DeviceDown("eth4"));
        rig.eventAt(1 * SECOND, holder, new HolderEvent.Unregister("eth4"));
        rig.eventAt(1 * SECOND, holder, new HolderEvent.ProcessExit(""));
        rig.eventAt(1 * SECOND, holder, new HolderEvent.MemoryPressure());
        rig.at(2 * SECOND, () -> assertThat(holder.held()).isEqualTo(9));
        rig.eventAt(3 * SECOND, holder, new HolderEvent.NamespaceExit());
        rig.giveAt(4 * SECOND, holder, 1);
        rig.run();
        assertThat(rig.buffers.releases).filteredOn(r -> r.time() == 3 * SECOND).hasSize(9);
        assertThat(rig.buffers.live()).isZero();
        assertThat(rig.kernel.now()).as("no timer is left").isEqualTo(4 * SECOND);
        assertThat(rig.kernel.findingRecords()).isEmpty();
    }

    @Test
    void ends_in_any_order_of_many_datagrams() {
        BufferHolder holder = rig.holder("ip-frag,fragments=2,timeout=2s");
        for (int i = 0; i < 300; i++) {
            int flow = i * 7 % 50;
            rig.at(i * 17 * MS, () -> rig.give(holder, flow));
        }
        rig.run();
        assertThat(rig.buffers.live()).isZero();
        assertThat(rig.buffers.releases).hasSize(300);
        assertThat(holder.held()).isZero();
    }

    @Test
    @DisplayName("free-policies.md P14: a purge gives up the datagrams of which a fragment came through that interface, and no others")
    void a_purge_drops_what_came_through_the_interface() {
        BufferHolder holder = rig.holder("ip-frag,fragments=3");
        rig.buffers.origin(flow -> flow % 2 == 0 ? "eth4" : "eth5");
        rig.at(0, () -> {
            for (int flow = 0; flow < 10; flow++) {
                holder.take(rig.buffers.make(1500, TRUESIZE, flow));
            }
        });
        rig.at(SECOND, () -> holder.on(new HolderEvent.Purge("eth4")));
        rig.at(2 * SECOND, () -> {
            assertThat(holder.held()).isEqualTo(5);
            assertThat(rig.buffers.releases).extracting(FakeBuffers.Release::skb).containsExactlyInAnyOrder(0, 2, 4, 6, 8);
        });
        rig.run();
        assertThat(holder.held()).as("the others expire").isZero();
    }
}
