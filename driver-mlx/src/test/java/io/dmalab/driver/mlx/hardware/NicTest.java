package io.dmalab.driver.mlx.hardware;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.kernel.Counter;
import io.dmalab.api.net.Workload;
import io.dmalab.core.kernel.KernelConfig;
import io.dmalab.core.kernel.SimKernel;
import io.dmalab.core.random.Streams;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NicTest {
    private final SimKernel kernel = new SimKernel(KernelConfig.basic(1), new Streams(1));
    private final ReceiveCounters counters = ReceiveCounters.of(kernel.metrics());
    private final Counter dropped = counters.noBuffer();
    private final List<Long> writes = new ArrayList<>();
    private boolean bridgeRefuses;
    private boolean passive;

    @AfterEach
    void close() {
        kernel.close();
    }

    /** A fixed list of arrivals. */
    private record Recorded(List<long[]> packets, int[] at) implements Workload {
        static Recorded of(List<long[]> packets) {
            return new Recorded(packets, new int[] {-1});
        }

        @Override
        public long next() {
            at[0]++;
            return at[0] < packets.size() ? packets.get(at[0])[0] : Long.MAX_VALUE;
        }

        @Override
        public int bytes() {
            return (int) packets.get(at[0])[1];
        }

        @Override
        public int flow() {
            return (int) packets.get(at[0])[2];
        }

        @Override
        public void start(long now) {
            assertThat(at[0]).as("started once").isEqualTo(-1);
        }
    }

    private DmaApi dma() {
        return (DmaApi) Proxy.newProxyInstance(DmaApi.class.getClassLoader(), new Class<?>[] {DmaApi.class}, (proxy, method, args) -> {
            assertThat(method.getName()).isEqualTo("deviceAccess");
            writes.add((Long) args[1]);
            return bridgeRefuses ? DmaApi.MAPPING_ERROR : (Long) args[1];
        });
    }

    private Nic nic(long[]... packets) {
        return new Nic(kernel, Optional.of(Recorded.of(List.of(packets))), counters, () -> !passive);
    }

    private CyclicHardware queue(int logWqes, int posted) {
        CyclicHardware rq = new CyclicHardware(dma(), (Device) null, new CompletionQueue(logWqes), logWqes, 2048);
        for (int i = 0; i < 1 << logWqes; i++) {
            rq.entry(i, 0, 4096L * i);
        }
        rq.post(posted);
        rq.state(ReceiveHardware.State.READY);
        return rq;
    }

    private ChannelPort port(Nic nic, int index, ReceiveHardware rq, Runnable interrupt) {
        ChannelPort port = nic.port(index, 0, interrupt);
        port.attach(rq, new SendHardware(4, 1, 0), new SendHardware(4, 1, 0));
        return port;
    }

    private static long[] packet(long time, int flow) {
        return new long[] {time, 1500, flow};
    }

    @Test
    @DisplayName("arrivals are written when somebody looks, in order; those without a posted buffer are counted as dropped")
    void writes_into_posted_buffers_and_drops_the_rest() {
        Nic nic = nic(packet(10, 0), packet(20, 1), packet(30, 2), packet(40, 3));
        CyclicHardware rq = queue(3, 2);
        nic.steer(new ChannelPort[] {port(nic, 0, rq, () -> {})}, 1522);

        nic.advance(9);
        assertThat(writes).isEmpty();
        nic.advance(30);
        assertThat(writes).containsExactly(0L, 4096L);
        assertThat(dropped.value()).isOne();
        rq.post(1);
        nic.advance(100);
        assertThat(writes).containsExactly(0L, 4096L, 8192L);
        assertThat(rq.completions().pending()).isEqualTo(3);
        assertThat(counters.written().value()).isEqualTo(3);
    }

    @Test
    void packets_are_lost_while_steered_to_the_drop_rq_oversize_or_in_a_queue_that_is_not_ready() {
        Nic nic = nic(packet(10, 0), new long[] {20, 1600, 0}, packet(30, 0), packet(40, 0));
        CyclicHardware rq = queue(3, 8);
        nic.steer(new ChannelPort[] {port(nic, 0, rq, () -> {})}, 1522);
        nic.advance(20);
        rq.state(ReceiveHardware.State.DESTROYED);
        nic.advance(30);
        nic.steerToDropRq();
        nic.advance(40);

        assertThat(counters.written().value()).isOne();
        assertThat(counters.oversize().value()).isOne();
        assertThat(counters.notReady().value()).isOne();
        assertThat(counters.steeredAway().value()).isOne();
        assertThat(dropped.value()).isZero();
    }

    @Test
    void a_refused_write_puts_the_queue_into_error_and_nothing_is_written_any_more() {
        Nic nic = nic(packet(10, 0), packet(20, 0));
        CyclicHardware rq = queue(3, 8);
        nic.steer(new ChannelPort[] {port(nic, 0, rq, () -> {})}, 1522);
        bridgeRefuses = true;
        nic.advance(20);

        assertThat(rq.state()).isEqualTo(ReceiveHardware.State.ERROR);
        assertThat(writes).hasSize(1);
        assertThat(counters.notReady().value()).isEqualTo(2);
        assertThat(rq.completions().pending()).isZero();
    }

    @Test
    @DisplayName("one flow reaches one channel; many flows reach all")
    void rss() {
        long[][] packets = new long[512][];
        for (int i = 0; i < packets.length; i++) {
            packets[i] = packet(i + 1, i / 2);
        }
        Nic nic = nic(packets);
        CyclicHardware[] queues = {queue(9, 512), queue(9, 512), queue(9, 512), queue(9, 512)};
        ChannelPort[] ports = new ChannelPort[4];
        for (int i = 0; i < 4; i++) {
            ports[i] = port(nic, i, queues[i], () -> {});
        }
        nic.steer(ports, 1522);
        nic.advance(1000);

        for (CyclicHardware rq : queues) {
            assertThat(rq.completions().pending()).isBetween(64, 192);
            for (; rq.completions().pending() > 0; rq.completions().pop()) {
                int flow = rq.completions().flow();
                rq.completions().pop();
                assertThat(rq.completions().flow()).as("both packets of a flow").isEqualTo(flow);
            }
        }
    }

    @Test
    @DisplayName("an armed vector fires once: at the n-th packet, or when the first is as old as moderation allows")
    void moderation() {
        Nic nic = nic(packet(1000, 0), packet(1100, 0), packet(1200, 0), packet(9000, 0), packet(50_000, 0));
        nic.moderate(3, 5000);
        CyclicHardware rq = queue(3, 8);
        List<Long> fired = new ArrayList<>();
        ChannelPort[] port = new ChannelPort[1];
        port[0] = port(nic, 0, rq, () -> {
            fired.add(kernel.now());
            while (rq.completions().pending() > 0) {
                rq.completions().pop();
            }
            port[0].arm();
        });
        nic.steer(port, 1522);
        port[0].arm();
        kernel.run();

        assertThat(fired).containsExactly(1200L, 14_000L, 55_000L);
    }

    @Test
    void a_passive_port_receives_nothing_and_its_vector_keeps_looking_at_long_intervals_only() {
        long[][] packets = new long[10_000][];
        for (int i = 0; i < packets.length; i++) {
            packets[i] = packet(1000L * (i + 1), 0);
        }
        passive = true;
        Nic nic = nic(packets);
        CyclicHardware rq = queue(3, 8);
        ChannelPort port = port(nic, 0, rq, () -> {
            throw new IllegalStateException("nothing to report");
        });
        nic.steer(new ChannelPort[] {port}, 1522);
        port.arm();
        kernel.sched().spawn("test", 0, () -> {
            kernel.sched().sleepNanos(20_000_000);
            port.disarm();
        });
        kernel.run();

        assertThat(counters.steeredAway().value()).isEqualTo(10_000);
        assertThat(kernel.eventCount()).isLessThan(30);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    @DisplayName("against a naive model: every interrupt of every channel comes exactly when moderation says, and every packet "
            + "is counted once")
    void moderation_agrees_with_a_naive_model(long seed) {
        Random random = new Random(seed);
        int channels = 1 + random.nextInt(4);
        int frames = 1 + random.nextInt(8);
        long delay = random.nextInt(2000);
        long[][] packets = new long[3000][];
        long time = 0;
        for (int i = 0; i < packets.length; i++) {
            time += random.nextInt(10) == 0 ? random.nextInt(20_000) : random.nextInt(300);
            packets[i] = packet(time, random.nextInt(64));
        }
        Nic nic = nic(packets);
        nic.moderate(frames, delay);
        List<List<Long>> fired = new ArrayList<>();
        List<List<Long>> arrived = new ArrayList<>();
        ChannelPort[] ports = new ChannelPort[channels];
        for (int i = 0; i < channels; i++) {
            int index = i;
            CyclicHardware rq = queue(4, 16);
            fired.add(new ArrayList<>());
            arrived.add(new ArrayList<>());
            ports[i] = port(nic, i, rq, () -> {
                fired.get(index).add(kernel.now());
                while (rq.completions().pending() > 0) {
                    arrived.get(index).add(kernel.now());
                    rq.completions().pop();
                    rq.post(1);
                }
                ports[index].arm();
            });
        }
        nic.steer(ports, 1522);
        for (ChannelPort port : ports) {
            port.arm();
        }
        kernel.run();

        assertThat(counters.written().value()).isEqualTo(packets.length);
        for (int i = 0; i < channels; i++) {
            List<Long> mine = arrivalsOf(packets, i, channels);
            assertThat(arrived.get(i)).hasSize(mine.size());
            assertThat(fired.get(i)).isEqualTo(naive(mine, frames, delay));
        }
    }

    private static List<Long> arrivalsOf(long[][] packets, int channel, int channels) {
        List<Long> mine = new ArrayList<>();
        for (long[] packet : packets) {
            int hash = (int) packet[2] * 0x9e3779b1 >>> 25;
            if (hash % channels == channel) {
                mine.add(packet[0]);
            }
        }
        return mine;
    }

    private static List<Long> naive(List<Long> arrivals, int frames, long delay) {
        List<Long> interrupts = new ArrayList<>();
        int i = 0;
        while (i < arrivals.size()) {
            long deadline = arrivals.get(i) + delay;
            long nth = i + frames - 1 < arrivals.size() ? arrivals.get(i + frames - 1) : Long.MAX_VALUE;
            long at = Math.min(deadline, nth);
            interrupts.add(at);
            while (i < arrivals.size() && arrivals.get(i) <= at) {
                i++;
            }
        }
        return interrupts;
    }
}
