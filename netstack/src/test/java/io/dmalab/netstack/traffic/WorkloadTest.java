package io.dmalab.netstack.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dmalab.api.config.ByteSize;
import io.dmalab.api.config.Rate;
import io.dmalab.api.config.Span;
import io.dmalab.api.net.Workload;
import io.dmalab.core.kernel.KernelConfig;
import io.dmalab.core.kernel.SimKernel;
import io.dmalab.core.random.Streams;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.netstack.ExtensionShelf;
import io.dmalab.netstack.InstanceStreams;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rates, durations and flows of the workloads. */
class WorkloadTest {
    private static final long NEVER = Long.MAX_VALUE;
    private static final long MS = 1_000_000L;
    private static final long SECOND = 1_000_000_000L;

    private final SimKernel kernel = new SimKernel(KernelConfig.basic(7), new Streams(7));
    private final InstanceStreams streams = new InstanceStreams(kernel);
    private final ExtensionShelf shelf = new ExtensionShelf();

    @AfterEach
    void close() {
        kernel.close();
    }

    private record Arrival(long time, int bytes, int flow) {}

    private Workload workload(String spec) {
        return shelf.make(Workload.class, spec, kernel, streams);
    }

    private static List<Arrival> first(Workload workload, long start, int count) {
        workload.start(start);
        List<Arrival> arrivals = new ArrayList<>();
        for (long time = workload.next(); time != NEVER && arrivals.size() < count; time = workload.next()) {
            arrivals.add(new Arrival(time, workload.bytes(), workload.flow()));
        }
        return arrivals;
    }

    @Test
    void constant_rate_is_arithmetic() {
        List<Arrival> arrivals = first(workload("constant-rate,rate=20kpps,flows=3"), 5 * SECOND, 7);
        assertThat(arrivals).extracting(Arrival::time).containsExactly(5_000_000_000L, 5_000_050_000L, 5_000_100_000L, 5_000_150_000L,
                5_000_200_000L, 5_000_250_000L, 5_000_300_000L);
        assertThat(arrivals).extracting(Arrival::flow).containsExactly(0, 1, 2, 0, 1, 2, 0);
        assertThat(arrivals).extracting(Arrival::bytes).containsOnly(1514);
    }

    @Test
    @DisplayName("100 Gbit/s of 1514-byte packets are 8.13 million a second, and rounding does not add up")
    void line_rate() {
        Workload workload = workload("constant-rate,bit-rate=100Gbit/s,duration=1s");
        workload.start(0);
        long count = 0;
        long last = -1;
        for (long time = workload.next(); time != NEVER; time = workload.next()) {
            assertThat(time).isGreaterThan(last);
            last = time;
            count++;
        }
        assertThat(count).isEqualTo(8_127_439);
        assertThat(last).isBetween(SECOND - 124, SECOND);
    }

    @ParameterizedTest
    @CsvSource({"1pps, 100", "333pps, 1", "20kpps, 7", "7.77Mpps, 64"})
    void a_constant_rate_never_drifts(String rate, int train) {
        double perSecond = Rate.parse(rate).perSecond();
        Workload workload = workload("constant-rate,rate=" + rate + ",train=" + train + ",flows=5");
        workload.start(0);
        TreeMap<Integer, Integer> perFlow = new TreeMap<>();
        for (long i = 0; i < 50_000; i++) {
            assertThat(workload.next()).isEqualTo((long) (i * (1e9 / perSecond)));
            assertThat(workload.flow()).isEqualTo((int) (i / train % 5));
            perFlow.merge(workload.flow(), 1, Integer::sum);
        }
        assertThat(perFlow).hasSize(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"constant-rate,rate=10kpps", "poisson,rate=10kpps", "on-off,rate=100kpps,on=10ms,off=90ms"})
    void start_after_and_duration(String spec) {
        List<Arrival> arrivals = first(workload(spec + ",start-after=2s,duration=3s"), SECOND, Integer.MAX_VALUE);
        assertThat(arrivals.getFirst().time()).isBetween(3 * SECOND, 3 * SECOND + 2 * MS);
        assertThat(arrivals.getLast().time()).isLessThan(6 * SECOND);
        assertThat(arrivals).hasSizeBetween(29_000, 31_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"constant-rate,rate=100kpps", "poisson,rate=100kpps", "on-off,rate=100kpps,on=1ms,off=1us"})
    void times_never_decrease_and_flows_are_in_range(String spec) {
        Workload workload = workload(spec + ",flows=9,packet-size=64B");
        long last = 0;
        TreeMap<Integer, Integer> flows = new TreeMap<>();
        workload.start(0);
        for (int i = 0; i < 90_000; i++) {
            long time = workload.next();
            assertThat(time).isGreaterThanOrEqualTo(last);
            last = time;
            flows.merge(workload.flow(), 1, Integer::sum);
            assertThat(workload.bytes()).isEqualTo(64);
        }
        assertThat(flows.firstKey()).isZero();
        assertThat(flows.lastKey()).isEqualTo(8);
        assertThat(flows.values()).allSatisfy(count -> assertThat(count).isCloseTo(10_000, within(400)));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void poisson_has_its_rate_and_the_variance_of_a_poisson_process(long seed) {
        try (SimKernel other = new SimKernel(KernelConfig.basic(seed), new Streams(seed))) {
            Workload workload = shelf.make(Workload.class, "poisson,rate=50kpps", other, new InstanceStreams(other));
            List<Arrival> arrivals = first(workload, 0, 200_000);
            double mean = arrivals.getLast().time() / 200_000.0;
            assertThat(mean).isCloseTo(20_000, within(150.0));
            double squares = 0;
            for (int i = 1; i < arrivals.size(); i++) {
                double gap = arrivals.get(i).time() - arrivals.get(i - 1).time() - mean;
                squares += gap * gap;
            }
            assertThat(StrictMath.sqrt(squares / arrivals.size()) / mean).as("deviation of gaps over their mean").isCloseTo(1,
                    within(0.02));
        }
    }

    @Test
    void two_instances_draw_from_streams_of_their_own() {
        List<Arrival> one = first(workload("poisson,rate=1kpps"), 0, 50);
        List<Arrival> two = first(workload("poisson,rate=1kpps"), 0, 50);
        assertThat(one).isNotEqualTo(two);
        try (SimKernel again = new SimKernel(KernelConfig.basic(7), new Streams(7))) {
            InstanceStreams fresh = new InstanceStreams(again);
            assertThat(first(shelf.make(Workload.class, "poisson,rate=1kpps", again, fresh), 0, 50)).isEqualTo(one);
        }
    }

    @Test
    void on_off_sends_bursts() {
        List<Arrival> arrivals = first(workload("on-off,rate=1kpps,on=3ms,off=7ms"), 0, 9);
        assertThat(arrivals).extracting(a -> a.time() / MS).containsExactly(0L, 1L, 2L, 10L, 11L, 12L, 20L, 21L, 22L);
    }

    @Test
    void on_off_may_end_with_a_pause_without_end() {
        assertThat(first(workload("on-off,rate=1kpps,on=3ms,off=forever"), 0, 100)).hasSize(3);
        assertThat(first(workload("on-off,rate=1kpps,on=forever"), 0, 100)).hasSize(100);
    }

    @Test
    void a_recording_is_played_once_or_again_and_again() {
        Recorded.Options once = new Recorded.Options(List.of(), Optional.of("""
                # arrivals of a fragmented ping
                10us 1514B 3
                12us          # the rest has the default size, and flows take turns
                1ms 60B 7
                """), new ByteSize(1000), 2, Optional.empty());
        assertThat(first(new Recorded(once), SECOND, 10)).containsExactly(new Arrival(SECOND + 10_000, 1514, 3),
                new Arrival(SECOND + 12_000, 1000, 1), new Arrival(SECOND + MS, 60, 7));
        Recorded.Options loop = new Recorded.Options(List.of(Span.ofMillis(1), Span.ofMillis(2)),
                Optional.empty(), new ByteSize(100), 1,
                Optional.of(Span.ofMillis(5)));
        assertThat(first(new Recorded(loop), 0, 5)).extracting(a -> a.time() / MS).containsExactly(1L, 2L, 6L, 7L, 11L);
    }

    @Test
    void a_recording_may_have_trains() {
        Recorded.Options options = new Recorded.Options(List.of(), Optional.of("""
                1ms - - 3 10us
                2ms 60B 9 2
                3ms
                """), new ByteSize(1000), 4, Optional.empty());
        assertThat(first(new Recorded(options), 0, 10)).containsExactly(new Arrival(MS, 1000, 0), new Arrival(MS + 10_000, 1000, 1),
                new Arrival(MS + 20_000, 1000, 2), new Arrival(2 * MS, 60, 9), new Arrival(2 * MS, 60, 9), new Arrival(3 * MS, 1000, 1));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "constant-rate | exactly one of rate and bit-rate is needed",
        "poisson,rate=1kpps,bit-rate=1Gbit/s | exactly one of rate and bit-rate is needed",
        "poisson,rate=1kpps,packet-size=10B | packet-size 10B is out of range",
        "constant-rate,rate=1kpps,flows=0 | flows 0 is out of range",
        "constant-rate,rate=1kpps,train=0 | train 0 is out of range",
        "constant-rate,rate=1000 | is not a packet rate",
        "on-off,rate=1kpps,on=0s | on is always 0",
        "recorded | exactly one of times and trace is needed",
        "recorded,trace=1us 60B 3 4 5us 6 | has 6 fields",
        "recorded,trace=1us 60B 3 0 | has count '0'; write a number from 1",
        "recorded,trace=1us 60B 3 9 forever | is forever",
        "recorded,trace=1us 60B x | has flow 'x'",
        "recorded,trace=soon | is not a duration",
        "recorded,trace=5ms,repeat-every=5ms | is not longer than the recording"})
    void bad_options_are_refused_with_what_is_wrong(String spec, String message) {
        assertThatThrownBy(() -> workload(spec)).isInstanceOf(BadInput.class).hasMessageContaining(message);
    }

    @Test
    void unsorted_times_are_refused() {
        assertThatThrownBy(() -> Arrivals.of("2ms\n1ms\n", new ByteSize(100)))
                .hasMessageContaining("packet 2 comes at 1ms, before the one above it; sort the times");
        assertThatThrownBy(() -> Arrivals.of("1ms - - 3 10us\n1015us\n", new ByteSize(100)))
                .hasMessageContaining("packet 2 comes at 1015us, before the one above it; sort the times");
    }
}
