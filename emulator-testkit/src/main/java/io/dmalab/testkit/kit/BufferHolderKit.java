package io.dmalab.testkit.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Grade;
import io.dmalab.api.net.BufferHolder;
import io.dmalab.api.net.HolderEvent;
import io.dmalab.api.observe.FindingRecord;
import io.dmalab.api.observe.Observer;
import io.dmalab.api.observe.TraceRecord;
import io.dmalab.api.tracepoint.NetEvents;
import io.dmalab.core.run.RunResult;
import io.dmalab.testkit.kit.world.Bench;
import io.dmalab.testkit.kit.world.Scene;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Compatibility kit of {@link BufferHolder}: every packet that a NIC receives goes to it. Packets come from the network stack, so that the
 * plugins netstack and driver-mlx (or what {@link #scene} names) are on the path of the test.
 */
public abstract class BufferHolderKit extends MachineKit<BufferHolder> {
    private static final String NIC = "{ id: mlx, channels: 1, rx: 64, ack-every: 0, firmware-pages: 0, gro: false }";
    private static final String TRAFFIC = "{ id: constant-rate, rate: 1kpps, packet-size: 1500B, flows: 4, duration: 300ms }";
    private static final int PACKETS = 290;

    /** @param id of the holder */
    protected BufferHolderKit(String id) {
        super(BufferHolder.class, id);
    }

    @Override
    protected Scene scene() {
        return Scene.basic().withDriver(NIC).withTraffic(TRAFFIC);
    }

    @Override
    final Scene withExtension() {
        String text = configured().strip();
        return scene().withHolders(text.startsWith("{") ? text.replaceFirst("\\{", "{ share: 1.0,") : "{ id: " + text + ", share: 1.0 }");
    }

    @Override
    final Optional<String> place() {
        return Optional.of("holders[0]");
    }

    private static BufferHolder holder(Bench bench) {
        return bench.holders().entries().getFirst().holder();
    }

    /** Packets that arrived and that have been freed, as the kernel's trace points tell it. */
    private static final class Count implements Observer {
        private long received;
        private long freed;

        @Override
        public boolean wantsEvents() {
            return true;
        }

        @Override
        public void event(TraceRecord event) {
            if (event.type().equals(NetEvents.RECEIVE_SKB)) {
                received++;
            } else if (event.type().equals(NetEvents.CONSUME_SKB) || event.type().equals(NetEvents.KFREE_SKB)) {
                freed++;
            }
        }

        long out() {
            return received - freed;
        }
    }

    @FunctionalInterface
    private interface Body {
        void run(Bench bench, BufferHolder holder, Count count);
    }

    private RunResult whileItHolds(Body body) {
        Count count = new Count();
        return script(withExtension().withSteps(List.of()), bench -> body.run(bench, holder(bench), count), count);
    }

    private void assumeReleasedOnce() {
        assumeFalse(run().found(FindingKind.DOUBLE_FREE), "packets are released twice, which another check says");
    }

    /** Nothing that must never be, but for what the plain run finds too and another check says. */
    private void findsNothingNew(RunResult result) {
        assertThat(result.findings()).as(result::toString).extracting(FindingRecord::kind)
                .filteredOn(kind -> kind.grade() == Grade.FORBIDDEN && !run().found(kind)).isEmpty();
    }

    private static List<HolderEvent> events() {
        return List.of(new HolderEvent.DeviceDown("lo"), new HolderEvent.Unregister("lo"), new HolderEvent.Purge("lo"),
                new HolderEvent.ProcessExit("nobody"), new HolderEvent.NetRxSoftirq(0), new HolderEvent.CpuOffline(3),
                new HolderEvent.MemoryPressure());
    }

    // what it says

    @Check(rule = "it says in one line why it holds packets, at any time", stated = "BufferHolder.reason")
    void saysWhy() {
        whileItHolds((bench, holder, count) -> {
            assertThat(holder.reason()).isNotBlank().doesNotContain("\n");
            bench.sleep(100);
            assertThat(holder.reason()).isNotBlank().doesNotContain("\n");
        });
    }

    @Check(rule = "at first it holds nothing", stated = "BufferHolder.held")
    void holdsNothingAtFirst() {
        String later = TRAFFIC.replace("duration", "start-after: 1s, duration");
        RunResult result = script(withExtension().withSteps(List.of()).withTraffic(later),
                bench -> assertThat(holder(bench).held()).isZero());
        assertThat(result.findings()).as(result::toString).extracting(f -> f.kind()).doesNotContain(FindingKind.BUG);
    }

    @Check(rule = "it never counts more packets than are out, and never fewer than none", stated = "BufferHolder.held")
    void countsWhatItHas() {
        assumeReleasedOnce();
        whileItHolds((bench, holder, count) -> {
            for (int i = 0; i < 100; i++) {
                bench.sleep(i < 60 ? 7 : 500);
                assertThat(holder.held()).as("held, with %d packets out", count.out()).isNotNegative()
                        .isLessThanOrEqualTo((int) count.out());
            }
        });
    }

    @Check(rule = "it asks for its count as often as one likes: asking changes nothing", stated = "BufferHolder.held")
    void askingChangesNothing() {
        RunResult asked = whileItHolds((bench, holder, count) -> {
            for (int i = 0; i < 50; i++) {
                bench.sleep(10);
                assertThat(holder.held()).isEqualTo(holder.held());
            }
        });
        RunResult silent = whileItHolds((bench, holder, count) -> {
            for (int i = 0; i < 50; i++) {
                bench.sleep(10);
            }
        });
        assertThat(asked.digestText()).isEqualTo(silent.digestText());
    }

    // packets

    @Check(rule = "no packet is forgotten: what is not counted has been freed", stated = "BufferHolder, exactly once")
    void noPacketIsForgotten() {
        assumeReleasedOnce();
        Count count = new Count();
        // an interrupt on every CPU frees what releaseDeferred has parked there
        List<String> interrupts = List.of("{ at: 300s, do: net-rx, cpu: 0 }", "{ at: 300s, do: net-rx, cpu: 1 }",
                "{ at: 300s, do: net-rx, cpu: 2 }", "{ at: 300s, do: net-rx, cpu: 3 }");
        script(withExtension().withSteps(interrupts), bench -> {
            BufferHolder holder = holder(bench);
            bench.sleep(301_000);
            assertThat(count.received).as("packets received").isGreaterThanOrEqualTo(PACKETS);
            assertThat((long) holder.held()).as("held at the end, with %d packets out", count.out()).isEqualTo(count.out());
        }, count);
    }

    @Check(rule = "a flood of packets is taken", stated = "BufferHolder.take")
    void takesAFlood() {
        Scene flood = withExtension().withTraffic("{ id: constant-rate, rate: 200kpps, packet-size: 1500B, flows: 64, duration: 20ms }");
        RunResult result = emulator().run(request(flood.withSteps(List.of())));
        findsNothingNew(result);
    }

    // events

    @Check(rule = "events that concern others change nothing it holds", stated = "HolderEvent")
    void foreignEventsChangeNothing() {
        whileItHolds((bench, holder, count) -> {
            bench.sleep(200);
            int before = holder.held();
            List.of(new HolderEvent.DeviceDown("lo"), new HolderEvent.Unregister("lo"), new HolderEvent.ProcessExit("nobody"))
                    .forEach(holder::on);
            assertThat(holder.held()).isEqualTo(before);
        });
    }

    @Check(rule = "every event is taken in softirq context without sleeping", stated = "BufferHolder.on")
    void eventsAreTakenInSoftirq() {
        RunResult result = whileItHolds((bench, holder, count) -> {
            bench.sleep(150);
            List<HolderEvent> all = new ArrayList<>(events());
            all.add(new HolderEvent.DeviceDown(Scene.DEVICE));
            all.add(new HolderEvent.MemoryPressure());
            all.add(new HolderEvent.ProcessExit(""));
            all.forEach(event -> bench.inContext(ContextKind.SOFTIRQ, () -> holder.on(event)));
        });
        findsNothingNew(result);
    }

    @Check(rule = "every event is taken before the first packet and after the last", stated = "BufferHolder.on")
    void eventsAreTakenAtAnyTime() {
        RunResult result = whileItHolds((bench, holder, count) -> {
            events().forEach(holder::on);
            bench.sleep(60_000);
            events().forEach(holder::on);
        });
        findsNothingNew(result);
    }

    @Check(rule = "the end of the network namespace leaves nothing behind that is then released again",
            stated = "HolderEvent.NamespaceExit")
    void theNamespaceMayEnd() {
        RunResult result = whileItHolds((bench, holder, count) -> {
            bench.sleep(150);
            holder.on(new HolderEvent.NamespaceExit());
            assertThat(holder.held()).isNotNegative();
            holder.on(new HolderEvent.NamespaceExit());
        });
        findsNothingNew(result);
    }

    @Check(rule = "locks that it takes it gives back", stated = "SpinLock")
    void locksAreBalanced() {
        whileItHolds((bench, holder, count) -> {
            bench.sleep(150);
            events().forEach(holder::on);
            assertThat(bench.kernel().sched().inAtomic()).as("a lock is still held").isFalse();
        });
    }
}
