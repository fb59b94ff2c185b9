package io.dmalab.benchmarks;

import io.dmalab.core.time.TimingWheel;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The hold model: take the earliest event, schedule one successor. One operation is one event. Limit: 35 ns at 1 000 pending, 200 ns at a million. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = {"-XX:+UseSerialGC", "-Xms2g"})
public class EventQueue {
    private static final int DRAWS = 1 << 20;

    @Param({"1000", "1000000"})
    public int pending;

    /** Exponential with a mean of 100 us; or, as an emulated machine has it, 70 % within 2 us, 20 % within 100 us, 10 % within 200 ms. */
    @Param({"exponential", "mixed"})
    public String delays;

    private final TimingWheel wheel = new TimingWheel();
    private final long[] delay = new long[DRAWS];
    private int draw;

    @Setup
    public void fill() {
        SplittableRandom random = new SplittableRandom(42);
        for (int i = 0; i < DRAWS; i++) {
            double u = 1 - random.nextDouble();
            delay[i] = delays.equals("exponential") ? 1 + (long) (-StrictMath.log(u) * 100_000) : mixed(random.nextInt(100), u);
        }
        for (int i = 0; i < pending; i++) {
            wheel.schedule(next(), 0, 0, this, i);
        }
        for (int i = 0; i < 3 * pending; i++) {
            hold();
        }
    }

    private static long mixed(int percent, double u) {
        return percent < 70 ? 1 + (long) (u * 2_000) : percent < 90 ? 10_000 + (long) (u * 90_000) : 1_000_000 + (long) (u * 199_000_000);
    }

    private long next() {
        return delay[draw++ & DRAWS - 1];
    }

    @Benchmark
    public long hold() {
        wheel.poll();
        return wheel.schedule(wheel.now() + next(), 0, 0, this, wheel.arg());
    }
}
