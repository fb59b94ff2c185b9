package io.dmalab.testkit.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.net.Workload;
import io.dmalab.core.run.RunResult;
import io.dmalab.testkit.kit.world.Bench;
import io.dmalab.testkit.kit.world.Scene;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.TestReporter;

/** Compatibility kit of {@link Workload}. The kit asks for the packets itself; its device takes none. */
public abstract class WorkloadKit extends MachineKit<Workload> {
    private static final int PACKETS = 2000;
    private static final long SECOND = 1_000_000_000;
    private static final long NONE = Long.MAX_VALUE;

    private record Packet(long time, int bytes, int flow) {}

    /** @param id of the workload */
    protected WorkloadKit(String id) {
        super(Workload.class, id);
    }

    @Override
    final Scene withExtension() {
        return scene().withTraffic(configured());
    }

    @Override
    final Optional<String> place() {
        return Optional.of("devices[0].traffic");
    }

    private static Workload workload(Bench bench) {
        return bench.device().workload().orElseThrow();
    }

    /** The next packets, at most {@code most} of them. */
    private static List<Packet> packets(Workload workload, int most) {
        List<Packet> packets = new ArrayList<>();
        long time = workload.next();
        while (time != NONE) {
            packets.add(new Packet(time, workload.bytes(), workload.flow()));
            if (packets.size() == most) {
                return packets;
            }
            time = workload.next();
        }
        return packets;
    }

    private List<Packet> packets(long seed, Consumer<Workload> start) {
        List<Packet> packets = new ArrayList<>();
        scriptWithSeed(seed, bench -> {
            Workload workload = workload(bench);
            start.accept(workload);
            packets.addAll(packets(workload, PACKETS));
        });
        return packets;
    }

    private void scriptWithSeed(long seed, Consumer<Bench> body) {
        seeded(withExtension().withSteps(List.of()), seed, body::accept);
    }

    @Check(rule = "times never decrease", stated = "Workload.next")
    void timesNeverDecrease() {
        List<Packet> packets = packets(1, workload -> workload.start(SECOND));
        for (int i = 1; i < packets.size(); i++) {
            assertThat(packets.get(i).time()).as("time of packet %d, after %d ns", i, packets.get(i - 1).time())
                    .isGreaterThanOrEqualTo(packets.get(i - 1).time());
        }
    }

    @Check(rule = "nothing arrives before the start", stated = "Workload.start")
    void nothingComesBeforeTheStart() {
        assertThat(packets(1, workload -> workload.start(SECOND))).allSatisfy(packet -> assertThat(packet.time())
                .isGreaterThanOrEqualTo(SECOND));
    }

    @Check(rule = "at least one packet arrives", stated = "Workload")
    void somethingArrives() {
        assertThat(packets(1, workload -> workload.start(SECOND))).isNotEmpty();
    }

    @Check(rule = "time goes on: not all packets arrive at one instant", stated = "Workload.next")
    void timeGoesOn() {
        List<Packet> packets = packets(1, workload -> workload.start(SECOND));
        assumeTrue(packets.size() == PACKETS, "it ends by itself");
        assertThat(packets.getLast().time()).isGreaterThan(packets.getFirst().time());
    }

    @Check(rule = "packets have bytes", stated = "Workload.bytes")
    void packetsHaveBytes() {
        assertThat(packets(1, workload -> workload.start(SECOND))).allSatisfy(packet -> assertThat(packet.bytes()).isBetween(1, 65536));
    }

    @Check(rule = "flows count from 0", stated = "Workload.flow")
    void flowsCountFromZero() {
        assertThat(packets(1, workload -> workload.start(SECOND))).allSatisfy(packet -> assertThat(packet.flow()).isNotNegative());
    }

    @Check(rule = "the same seed gives the same packets", stated = "docs/determinism.md")
    void theSameSeedTheSamePackets() {
        assertThat(packets(3, workload -> workload.start(SECOND))).isEqualTo(packets(3, workload -> workload.start(SECOND)));
    }

    @Check(rule = "a second start changes nothing", stated = "Workload.start, only the first call counts")
    void onlyTheFirstStartCounts() {
        assertThat(packets(1, workload -> {
            workload.start(SECOND);
            workload.start(100 * SECOND);
        })).isEqualTo(packets(1, workload -> workload.start(SECOND)));
    }

    @Check(rule = "a start in the midst of the traffic changes nothing", stated = "Workload.start, only the first call counts")
    void aLateStartChangesNothing() {
        List<Packet> interrupted = new ArrayList<>();
        scriptWithSeed(1, bench -> {
            Workload workload = workload(bench);
            workload.start(SECOND);
            interrupted.addAll(packets(workload, 10));
            workload.start(500 * SECOND);
            interrupted.addAll(packets(workload, 10));
        });
        List<Packet> straight = packets(1, workload -> workload.start(SECOND));
        assertThat(interrupted).isEqualTo(straight.subList(0, Math.min(straight.size(), interrupted.size())));
    }

    @Check(rule = "arrivals count from the start", stated = "Workload.start, now")
    void arrivalsCountFromTheStart() {
        List<Packet> early = packets(1, workload -> workload.start(SECOND));
        List<Packet> late = packets(1, workload -> workload.start(3 * SECOND));
        assertThat(late).extracting(packet -> packet.time() - 2 * SECOND).isEqualTo(early.stream().map(Packet::time).toList());
    }

    @Check(rule = "asking for size and flow again gives the same", stated = "Workload.bytes, flow")
    void askingChangesNothing() {
        scriptWithSeed(1, bench -> {
            Workload workload = workload(bench);
            workload.start(SECOND);
            for (int i = 0; i < 100 && workload.next() != NONE; i++) {
                assertThat(List.of(workload.bytes(), workload.flow())).isEqualTo(List.of(workload.bytes(), workload.flow()));
            }
        });
    }

    @Check(rule = "once no packet will come, none comes", stated = "Workload.next, MAX_VALUE")
    void theEndIsTheEnd() {
        scriptWithSeed(1, bench -> {
            Workload workload = workload(bench);
            workload.start(SECOND);
            assumeTrue(packets(workload, 10 * PACKETS).size() < 10 * PACKETS, "it does not end");
            assertThat(List.of(workload.next(), workload.next(), workload.next())).containsOnly(NONE);
        });
    }

    @Check(rule = "it may be asked in softirq context, and takes no time", stated = "Workload, pull style")
    void mayBeAskedInSoftirq() {
        RunResult result = script(bench -> {
            Workload workload = workload(bench);
            workload.start(SECOND);
            bench.inContext(ContextKind.SOFTIRQ, () -> {
                long before = bench.kernel().clock().now();
                packets(workload, 100);
                assertThat(bench.kernel().clock().now()).isEqualTo(before);
            });
            assertThat(bench.kernel().sched().inAtomic()).as("a lock is still held").isFalse();
        });
        assertThat(result.found(FindingKind.SLEEP_IN_ATOMIC)).as(result::toString).isFalse();
    }

    @Check(rule = "how long a packet takes is reported, and judged by nobody", stated = "docs/kit.md")
    void reportsItsSpeedPerPacket(TestReporter reporter) {
        script(bench -> {
            Workload workload = workload(bench);
            workload.start(SECOND);
            long start = System.nanoTime();
            int count = packets(workload, PACKETS).size();
            report(reporter, "nanoseconds a packet", (System.nanoTime() - start) / Math.max(1, count));
        });
    }
}
