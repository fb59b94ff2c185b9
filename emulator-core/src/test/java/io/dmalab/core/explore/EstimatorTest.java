package io.dmalab.core.explore;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.SpinLock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a search says of its end, on programs whose end is known. */
class EstimatorTest {
    /** More than there can be. */
    private static final int PREEMPTIONS = 100;

    @ParameterizedTest(name = "{0}")
    @MethodSource("searches")
    @DisplayName("docs/explore.md: without reduction within a factor of two after a tenth of the executions; with it within 2.5 half-way, before that little is known; at the end exact")
    void withinFactor(String name, Consumer<Kernel> program, boolean reduced) {
        Function<Names, Strategy> strategy = reduced ? Dpor::new : names -> new PreemptionBound(PREEMPTIONS, PREEMPTIONS);
        List<Estimate> estimates = new Program(program).estimates(strategy);
        long all = estimates.size();
        assertThat(all).isGreaterThan(50);
        assertThat(estimates.getLast().total()).isEqualTo(all);
        assertThat(estimates.getLast().share()).isEqualTo(1);
        within(estimates, all / 10, reduced ? 12 : 2);
        within(estimates, all / 2, reduced ? 2.5 : 1.25);
        for (int i = 0; i < estimates.size(); i++) {
            assertThat(estimates.get(i).done()).isEqualTo(i + 1L);
            assertThat(estimates.get(i).total()).isGreaterThanOrEqualTo(i + 1.0);
        }
    }

    private static void within(List<Estimate> estimates, long done, double factor) {
        double all = estimates.size();
        assertThat(estimates.get((int) done - 1).total()).as("after %d of %.0f", done, all).isBetween(all / factor, all * factor);
    }

    static Stream<Arguments> searches() {
        return Stream.of(
                Arguments.of("five writers", writers(5), true),
                Arguments.of("six readers and a writer", readers(6), true),
                Arguments.of("three counters under a lock", counters(3, 2), true),
                Arguments.of("two counters without one", racing(2, 4), true),
                Arguments.of("three counters without one", racing(3, 2), true),
                Arguments.of("four writers, no reduction", writers(4), false),
                Arguments.of("two counters, no reduction", racing(2, 3), false));
    }

    private static Consumer<Kernel> writers(int tasks) {
        return kernel -> {
            KernelObject place = kernel.memory().global("x");
            for (int i = 0; i < tasks; i++) {
                kernel.sched().spawn("w" + i, i, () -> place.write("f"));
            }
        };
    }

    private static Consumer<Kernel> readers(int readers) {
        return kernel -> {
            KernelObject place = kernel.memory().global("x");
            kernel.sched().spawn("w", 0, () -> place.write("f"));
            for (int i = 0; i < readers; i++) {
                kernel.sched().spawn("r" + i, i + 1, () -> place.read("f"));
            }
        };
    }

    private static Consumer<Kernel> counters(int tasks, int rounds) {
        return kernel -> {
            KernelObject place = kernel.memory().global("x");
            SpinLock lock = kernel.locks().spin("lock");
            for (int i = 0; i < tasks; i++) {
                kernel.sched().spawn("t" + i, i, () -> {
                    for (int round = 0; round < rounds; round++) {
                        lock.lock();
                        place.read("f");
                        place.write("f");
                        lock.unlock();
                    }
                });
            }
        };
    }

    private static Consumer<Kernel> racing(int tasks, int rounds) {
        return kernel -> {
            KernelObject place = kernel.memory().global("x");
            for (int i = 0; i < tasks; i++) {
                kernel.sched().spawn("t" + i, i, () -> {
                    for (int round = 0; round < rounds; round++) {
                        place.read("f");
                        place.write("f");
                    }
                });
            }
        };
    }
}
