package io.dmalab.benchmarks;

import io.dmalab.api.kernel.KernelObject;
import io.dmalab.core.explore.Chooser;
import io.dmalab.core.explore.Names;
import io.dmalab.core.explore.Points;
import io.dmalab.core.explore.Recorder;
import io.dmalab.core.explore.Setup;
import io.dmalab.core.explore.World;
import io.dmalab.core.kernel.KernelConfig;
import io.dmalab.core.kernel.SimKernel;
import io.dmalab.core.random.Streams;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What a step of an exploration costs: three tasks of a bare kernel that read and write one object, each access a step. One operation is one step. Limit: 1000 ns. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = {"-XX:+UseSerialGC", "--add-opens=java.base/java.lang=ALL-UNNAMED"})
public class ExploreSteps {
    private static final int TASKS = 3;
    private static final int ACCESSES = 1_000;

    /** Percentage of choices that take another context than the one that ran last: 0 switches no fiber but where a task ends. */
    @Param({"0", "10", "100"})
    public int preempted;

    private final Names names = new Names();
    private final SplittableRandom random = new SplittableRandom(1);

    @Benchmark
    @OperationsPerInvocation(TASKS * (ACCESSES + 1))
    public int step() {
        Recorder recorder = new Recorder(this::choose);
        Setup setup = new Setup(names, recorder, World.of(Points.of(List.of("state")), Long.MAX_VALUE, false), Integer.MAX_VALUE, true, false);
        try (SimKernel kernel = new SimKernel(KernelConfig.basic(1), new Streams(1), Optional.of(setup))) {
            KernelObject state = kernel.memory().global("state");
            for (int task = 0; task < TASKS; task++) {
                kernel.sched().spawn("task", task, () -> {
                    for (int i = 0; i < ACCESSES / 2; i++) {
                        state.write("field");
                        state.read("words", i & 63);
                    }
                });
            }
            kernel.exploreFrom(0);
            kernel.run();
        }
        return recorder.steps().size();
    }

    private int choose(List<? extends Chooser.Candidate> enabled, int depth) {
        boolean same = preempted == 0 || random.nextInt(100) >= preempted;
        for (int i = 0; i < enabled.size(); i++) {
            if (enabled.get(i).ranLast() == same) {
                return i;
            }
        }
        return 0;
    }
}
