package io.dmalab.core.explore;

import static io.dmalab.core.explore.Chooser.Sight.PLAIN;
import static io.dmalab.core.explore.Chooser.Sight.SYMMETRIC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmalab.api.kernel.Choice;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.core.kernel.KernelConfig;
import io.dmalab.core.kernel.SimKernel;
import io.dmalab.core.random.Streams;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Searches that match states, on worlds whose states can be counted by hand. */
class StateSearchTest {
    private static final int STEPS_MAX = 500;
    private static final World WORLD = new World(Points.of(List.of("nothing")), Long.MAX_VALUE, false, true, Harm.FORBIDDEN, Set.of("user"));

    /** Items that a few users take and give back, one at a time, for ever. */
    private record Library(int items, int users, boolean tells) implements Consumer<Kernel> {
        @Override
        public void accept(Kernel kernel) {
            boolean[] out = new boolean[items];
            KernelObject shelf = kernel.memory().global("shelf");
            if (tells) {
                shelf.state(into -> {
                    for (int i = 0; i < items; i++) {
                        into.item(i, out[i] ? 1 : 0);
                    }
                });
            }
            for (int user = 0; user < users; user++) {
                kernel.sched().spawn("user/" + user, user, () -> {
                    while (true) {
                        int item = kernel.sched().choose("shelf", () -> free(out)).item();
                        out[item] = true;
                        kernel.sched().point("give back");
                        out[item] = false;
                    }
                });
            }
        }

        private static List<Choice.Move> free(boolean[] out) {
            List<Choice.Move> moves = new ArrayList<>();
            for (int i = 0; i < out.length; i++) {
                if (!out[i]) {
                    moves.add(new Choice.Move(0, i));
                }
            }
            return moves;
        }
    }

    private static Coverage search(Consumer<Kernel> program, StateSearch search) {
        for (Optional<Chooser> next = search.next(); next.isPresent(); next = search.next()) {
            Setup setup = new Setup(new Names(), next.get(), WORLD, STEPS_MAX, true, false);
            try (SimKernel kernel = new SimKernel(KernelConfig.basic(1), new Streams(1), Optional.of(setup))) {
                program.accept(kernel);
                kernel.exploreFrom(0);
                kernel.run();
            }
        }
        return search.coverage().orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        // as many states as ways to deal items out to users; each user with one item gives it back, each without takes any that is left
        "3, 1, 4, 6, 2, 4",
        "3, 2, 13, 36, 3, 11",
        "4, 3, 73, 312, 4, 26"})
    @DisplayName("states and transitions of a world that can be counted; users and items are alike, and counting their exchanges gives all "
            + "states again")
    void counts(int items, int users, long states, long transitions, long alike, long transitionsOfAlike) {
        Library library = new Library(items, users, true);
        for (boolean shortest : new boolean[] {false, true}) {
            Coverage plain = search(library, new StateSearch(shortest, PLAIN, STEPS_MAX));
            assertThat(plain).isEqualTo(new Coverage(states, 0, transitions));
            assertThat(search(library, new StateSearch(shortest, SYMMETRIC, STEPS_MAX)))
                    .isEqualTo(new Coverage(alike, 0, transitionsOfAlike, true, Optional.of(plain)));
        }
    }

    @Test
    @DisplayName("an execution ends where nothing is left to try: no more executions than there are transitions to take")
    void executions() {
        StateSearch search = new StateSearch(false, PLAIN, STEPS_MAX);
        int[] executions = {0};
        search(kernel -> {
            executions[0]++;
            new Library(3, 2, true).accept(kernel);
        }, search);
        assertThat(executions[0]).isLessThan(13);
    }

    /** A counter that two tasks raise to a limit; harm is done when it gets there. */
    private static void count(Kernel kernel, int limit) {
        int[] value = {0};
        KernelObject counter = kernel.memory().kzalloc("counter", 8);
        kernel.memory().state(into -> into.value(value[0]));
        for (int task = 0; task < 2; task++) {
            int by = task + 1;
            kernel.sched().spawn("adder" + by, task, () -> {
                while (value[0] < limit) {
                    kernel.sched().choose("add", () -> List.of(new Choice.Move(by)));
                    value[0] += by;
                    if (value[0] == limit) {
                        kernel.memory().free(counter);
                        counter.read("value");
                    }
                }
            });
        }
    }

    @ParameterizedTest
    @CsvSource({"6, 3", "7, 4", "9, 5"})
    @DisplayName("the last execution is a shortest one to a violation")
    void shortest(int limit, int steps) {
        StateSearch search = new StateSearch(true, SYMMETRIC, STEPS_MAX);
        List<Step> last = List.of();
        for (Optional<Chooser> next = search.next(); next.isPresent(); next = search.next()) {
            Recorder recorder = new Recorder(next.get());
            Setup setup = new Setup(new Names(), recorder, WORLD, STEPS_MAX, true, false);
            try (SimKernel kernel = new SimKernel(KernelConfig.basic(1), new Streams(1), Optional.of(setup))) {
                count(kernel, limit);
                kernel.exploreFrom(0);
                kernel.run();
            }
            last = recorder.steps();
        }
        assertThat(last).hasSize(steps);
    }

    @Test
    @DisplayName("a state that is not told in full is noticed when what follows it differs")
    void untold() {
        assertThatThrownBy(() -> search(kernel -> {
            int[] rounds = {0};
            kernel.sched().spawn("user", 0, () -> {
                while (true) {
                    kernel.sched().choose("round", () -> List.of(new Choice.Move(rounds[0] % 3), new Choice.Move(9)));
                    rounds[0]++;
                }
            });
        }, new StateSearch(false, PLAIN, STEPS_MAX))).hasMessageContaining("not told in full");
    }
}
