package io.dmalab.benchmarks;

import io.dmalab.core.fiber.Fiber;
import io.dmalab.core.fiber.Fibers;
import io.dmalab.core.kernel.KernelConfig;
import io.dmalab.core.kernel.SimKernel;
import io.dmalab.core.random.Streams;
import io.dmalab.core.time.TimingWheel;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A hundred processes that sleep and wake up. One operation is one sleep with its wake-up. Limit: 300 ns. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = {"-XX:+UseSerialGC", "--add-opens=java.base/java.lang=ALL-UNNAMED"})
public class FiberSwitch {
    private static final int PROCESSES = 100;
    private static final int SLEEPS = 2_000;

    private TimingWheel wheel;
    private Fibers fibers;
    private Fiber running;

    /** Fiber and event queue alone, as the yardstick does it. */
    @Benchmark
    @OperationsPerInvocation(PROCESSES * SLEEPS)
    public long fiber() {
        wheel = new TimingWheel();
        try (Fibers all = Fibers.create()) {
            fibers = all;
            for (int i = 0; i < PROCESSES; i++) {
                long seed = i + 1;
                wheel.schedule(0, 0, 0, all.fiber("process", () -> sleepOften(seed)), 0);
            }
            while (wheel.poll()) {
                running = (Fiber) wheel.target();
                running.resume();
            }
        }
        return wheel.now();
    }

    private void sleepOften(long seed) {
        long x = seed;
        for (int i = 0; i < SLEEPS; i++) {
            x = xorshift(x);
            wheel.schedule(wheel.now() + 1 + (x & 1023), 0, 0, running, 0);
            fibers.suspend();
        }
    }

    /** The same through the whole scheduler: a kernel task that calls usleep_range. */
    @Benchmark
    @OperationsPerInvocation(PROCESSES * SLEEPS)
    public long task() {
        try (SimKernel kernel = new SimKernel(KernelConfig.basic(1), new Streams(1))) {
            for (int i = 0; i < PROCESSES; i++) {
                long seed = i + 1;
                kernel.sched().spawn("process", 0, () -> {
                    long x = seed;
                    for (int k = 0; k < SLEEPS; k++) {
                        x = xorshift(x);
                        kernel.sched().sleepNanos(1 + (x & 1023));
                    }
                });
            }
            kernel.run();
            return kernel.now();
        }
    }

    private static long xorshift(long seed) {
        long x = seed;
        x ^= x << 13;
        x ^= x >>> 7;
        x ^= x << 17;
        return x;
    }
}
