package io.dmalab.netstack.holders;

import static io.dmalab.netstack.holders.HolderRig.MS;
import static io.dmalab.netstack.holders.HolderRig.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.Extension;
import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Span;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.RandomStream;
import io.dmalab.api.net.BufferHolder;
import io.dmalab.api.net.HolderEvent;
import io.dmalab.core.random.Streams;
import io.dmalab.netstack.ExtensionShelf;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every holder that needs no network device must do, whichever it is. Those that need one are in {@link StackHoldersTest}. */
class HolderCatalogueTest {
    static final List<HolderEvent> EVENTS = List.of(new HolderEvent.DeviceDown("eth4"), new HolderEvent.Unregister("eth4"),
            new HolderEvent.ProcessExit(""), new HolderEvent.NamespaceExit(), new HolderEvent.NetRxSoftirq(0),
            new HolderEvent.CpuOffline(0), new HolderEvent.MemoryPressure());
    /** Those need struct sk_buff itself. */
    private static final List<String> ON_THE_STACK = List.of("nfqueue", "splice-pipe", "tcp-mmap");

    static Stream<String> holders() {
        return new ExtensionShelf().of(BufferHolder.class).stream().map(Extension::id).filter(id -> !ON_THE_STACK.contains(id))
                .map(id -> switch (id) {
                    case "hold" -> "hold,time=forever";
                    case "recorded-hold" -> "recorded-hold,times=0s 0:forever 100:forever";
                    default -> id;
                });
    }

    static Stream<String> finite() {
        return holders().filter(id -> !id.equals("leak"));
    }

    /** Slow as can be: whatever time a holder waits by itself is for ever. */
    static Stream<String> slowest() {
        return finite().map(id -> switch (id) {
            case "tcp-receive-queue", "udp-receive-queue", "packet-socket", "defer-list", "strparser", "tap-queue" ->
                id + ",read-after=forever";
            case "socket-backlog" -> id + ",locked-for=forever";
            case "qdisc" -> id + ",delay=forever";
            case "foreign-tx" -> id + ",stuck-after=0s";
            case "veth-ring" -> id + ",poll-after=forever";
            case "retransmit-queue" -> id + ",ack-after=forever";
            case "xfrm-hold" -> id + ",ready-after=forever";
            default -> id;
        });
    }

    @ParameterizedTest
    @MethodSource("slowest")
    @DisplayName("netstack-holders.md invariant 5: the end of every process and namespace leaves nothing held within 60 s, each "
            + "packet freed once")
    void everything_comes_back(String spec) {
        try (HolderRig rig = new HolderRig()) {
            BufferHolder holder = rig.holder(spec);
            for (int i = 0; i < 200; i++) {
                int flow = i % 7;
                rig.at(i * 10 * MS, () -> rig.give(holder, flow));
            }
            rig.at(1999 * MS, () -> assertThat(holder.held()).isEqualTo((int) rig.buffers.live()).isPositive());
            rig.eventAt(2 * SECOND, holder, new HolderEvent.ProcessExit(""));
            rig.eventAt(2 * SECOND, holder, new HolderEvent.NamespaceExit());
            rig.at(62 * SECOND, () -> assertThat(rig.buffers.live()).isZero());
            rig.giveAt(63 * SECOND, holder, 3);
            rig.run();
            assertThat(rig.buffers.live()).as("nobody takes packets for ever after the end").isZero();
            assertThat(holder.held()).isZero();
            assertThat(rig.buffers.releases).hasSize(203);
            assertThat(rig.kernel.findingRecords()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("holders")
    void any_mixture_of_packets_and_events_frees_each_packet_at_most_once(String spec) {
        for (int seed = 1; seed <= 5; seed++) {
            RandomStream random = new Streams(seed).stream("mixture");
            try (HolderRig rig = new HolderRig()) {
                BufferHolder holder = rig.holder(spec);
                for (int i = 0; i < 150; i++) {
                    long time = random.nextInt(5000) * MS;
                    if (random.chance(0.9)) {
                        int flow = random.nextInt(5);
                        int length = 60 + random.nextInt(1455);
                        rig.at(time, () -> rig.give(holder, flow, length, 256 + 2048 + length % 512));
                    } else {
                        rig.eventAt(time, holder, EVENTS.get(random.nextInt(EVENTS.size())));
                    }
                }
                rig.kernel.afterEveryEvent(() -> assertThat(holder.held()).isEqualTo((int) rig.buffers.live()));
                rig.run();
                assertThat(rig.kernel.findingRecords()).as("seed %d", seed).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("holders")
    void a_reason_says_who_holds_and_the_ledger_says_the_same(String spec) {
        try (HolderRig rig = new HolderRig()) {
            BufferHolder holder = rig.holder(spec.equals("hold,time=forever") ? spec + ",reason=test" : spec);
            rig.at(MS, () -> {
                int skb = rig.give(holder, 0);
                assertThat(holder.reason()).isNotBlank().doesNotContain("null").hasSizeLessThan(90);
                assertThat(rig.reasonOf(skb)).isEqualTo(holder.reason());
            });
            rig.run();
        }
    }

    @ParameterizedTest
    @MethodSource("holders")
    void the_same_seed_gives_the_same_digest(String spec) {
        long[] digests = new long[2];
        for (int i = 0; i < 2; i++) {
            try (HolderRig rig = new HolderRig()) {
                BufferHolder holder = rig.holder(spec);
                for (int k = 0; k < 100; k++) {
                    rig.giveAt(k * MS, holder, 1);
                }
                rig.eventAt(2 * SECOND, holder, new HolderEvent.ProcessExit(""));
                rig.eventAt(2 * SECOND, holder, new HolderEvent.NamespaceExit());
                digests[i] = rig.run().kernel.digest();
            }
        }
        assertThat(digests[0]).isEqualTo(digests[1]);
    }

    @Test
    @DisplayName("netstack-holders.md invariant 7: packets are freed in process, softirq and timer context, and never where "
            + "that would sleep")
    void contexts_of_release() {
        TreeMap<String, Integer> contexts = new TreeMap<>();
        finite().forEach(spec -> {
            try (HolderRig rig = new HolderRig()) {
                BufferHolder holder = rig.holder(spec);
                rig.giveAt(0, holder, 20);
                rig.eventAt(100 * SECOND, holder, new HolderEvent.ProcessExit(""));
                rig.eventAt(100 * SECOND, holder, new HolderEvent.NamespaceExit());
                rig.run();
                rig.buffers.releases.forEach(r -> contexts.merge(r.context().name(), 1, Integer::sum));
            }
        });
        assertThat(contexts).containsOnlyKeys("SOFTIRQ", "TASK", "TIMER");
    }

    @Test
    @DisplayName("netstack-holders.md invariant 7: a release path that sleeps is a finding when a timer frees")
    void a_release_that_sleeps() {
        try (HolderRig rig = new HolderRig()) {
            BufferHolder holder = rig.holder("ip-frag");
            rig.buffers.onRelease = () -> rig.kernel.sched().msleep(50);
            rig.giveAt(0, holder, 1);
            rig.run();
            assertThat(rig.kernel.findingRecords()).singleElement().satisfies(finding -> {
                assertThat(finding.kind()).isEqualTo(FindingKind.SLEEP_IN_ATOMIC);
                assertThat(finding.stacks().getFirst().functions()).contains("ip_expire", "call_timer_fn");
            });
        }
    }

    @Test
    void hold_times_are_drawn_per_instance_and_do_not_depend_on_other_holders() {
        long[] times = new long[2];
        for (int i = 0; i < 2; i++) {
            try (HolderRig rig = new HolderRig()) {
                BufferHolder first = rig.holder("tcp-receive-queue");
                if (i == 1) {
                    BufferHolder other = rig.holder("tcp-receive-queue,process=other");
                    rig.giveAt(0, other, 1);
                }
                rig.giveAt(1 * MS, first, 1);
                rig.run();
                times[i] = rig.buffers.releases.stream().filter(r -> r.task().equals("iperf3")).findFirst().orElseThrow().time();
            }
        }
        assertThat(times[0]).isEqualTo(times[1]);
    }

    @Test
    @DisplayName("netstack-holders.md 5: a normal reader has a median of 200 us and a 99th percentile of 20 ms")
    void default_distribution() {
        HoldTime time = HoldTime.LogNormal.of(new Span(200_000), new Span(20_000_000));
        RandomStream random = new Streams(3).stream("x");
        long[] draws = Stream.generate(() -> time.sample(random)).limit(20_000).mapToLong(Long::longValue).sorted().toArray();
        assertThat(draws[10_000]).isBetween(185_000L, 215_000L);
        assertThat(draws[19_800]).isBetween(16_000_000L, 25_000_000L);
    }
}
