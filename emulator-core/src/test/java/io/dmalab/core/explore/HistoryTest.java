package io.dmalab.core.explore;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.SpinLock;
import io.dmalab.core.kernel.KernelConfig;
import io.dmalab.core.kernel.SimKernel;
import io.dmalab.core.kernel.StopReason;
import io.dmalab.core.random.Streams;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** States of worlds that do not tell them: told apart by what has led to them, but for the order of independent steps. */
class HistoryTest {
    private static final int STEPS_MAX = 500;

    private static StateSearch search() {
        return new StateSearch(false, Chooser.Sight.HISTORY, STEPS_MAX);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    @DisplayName("random programs with places, elements, locks, frees, wake-ups and shared CPUs: as many states as brute force comes through, "
            + "and all its findings and ends")
    void likeBruteForce(int seed) {
        Program program = DporTest.random(seed);
        SortedSet<String> states = new TreeSet<>();
        Program.Outcome all = program.byBruteForce(states);
        StateSearch search = search();
        Program.Outcome found = program.explore(new Names(), search);
        assertThat(search.coverage().orElseThrow().states()).isEqualTo(states.size());
        assertThat(found.findings()).isEqualTo(all.findings());
        assertThat(found.ends()).isEqualTo(all.ends());
        assertThat(found.classes()).isEqualTo(all.classes());
    }

    /** All but three whose thousands of executions take seconds. */
    static IntStream seeds() {
        return IntStream.rangeClosed(1, 60).filter(seed -> seed != 2 && seed != 26 && seed != 33);
    }

    @ParameterizedTest
    // who has written counts in its order, who has read by what it found, and each of the others has begun or not
    @CsvSource({"1, 0, 3", "2, 0, 10", "3, 0, 38", "1, 1, 10", "0, 3, 27"})
    @DisplayName("n writers of one place, m readers: as many states as there are ways to get part of it done")
    void counted(int writers, int readers, long states) {
        StateSearch search = search();
        new Program(kernel -> {
            KernelObject place = kernel.memory().global("x");
            for (int i = 0; i < writers + readers; i++) {
                boolean writes = i < writers;
                kernel.sched().spawn("t" + i, i, () -> {
                    if (writes) {
                        place.write("f");
                    } else {
                        place.read("f");
                    }
                });
            }
        }).explore(new Names(), search);
        assertThat(search.coverage().orElseThrow().states()).isEqualTo(states);
    }

    @Test
    @DisplayName("the shortest schedule to a deadlock, which shows in no step but when nobody can go on")
    void shortestDeadlock() {
        Names names = new Names();
        StateSearch search = new StateSearch(true, Chooser.Sight.HISTORY, STEPS_MAX);
        Recorder last = null;
        for (var next = search.next(); next.isPresent(); next = search.next()) {
            last = new Recorder(next.get());
            World world = World.of(Points.of(List.of("nothing")), STEPS_MAX, true);
            try (SimKernel kernel = new SimKernel(KernelConfig.basic(1), new Streams(1),
                    Optional.of(new Setup(names, last, world, STEPS_MAX, true, false)))) {
                embrace(kernel);
                kernel.exploreFrom(0);
                search.ended(kernel.run() == StopReason.STUCK);
            }
        }
        // both begin and have a lock each; one of them then waits for the other's, and the other for its
        assertThat(last.steps()).hasSize(4);
        assertThat(search.coverage().orElseThrow().harmful()).isOne();
    }

    private static void embrace(SimKernel kernel) {
        SpinLock left = kernel.locks().spin("left");
        SpinLock right = kernel.locks().spin("right");
        for (int i = 0; i < 2; i++) {
            SpinLock first = i == 0 ? left : right;
            SpinLock second = i == 0 ? right : left;
            kernel.sched().spawn("t" + i, i, () -> {
                first.lock();
                kernel.sched().point("between");
                second.lock();
                second.unlock();
                first.unlock();
            });
        }
    }
}
