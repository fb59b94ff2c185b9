package io.dmalab.core.explore;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.SpinLock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The explorer on programs whose number of different executions is known, and against brute force. */
class DporTest {
    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "3, 6", "4, 24", "5, 120"})
    @DisplayName("n writers of one place: n! executions, none of them cut off")
    void writers(int tasks, int executions) {
        Program.Outcome outcome = new Program(kernel -> {
            KernelObject place = kernel.memory().global("x");
            for (int i = 0; i < tasks; i++) {
                kernel.sched().spawn("w" + i, i, () -> place.write("f"));
            }
        }).exhaustively();
        assertThat(outcome.executions()).isEqualTo(executions);
        assertThat(outcome.classes()).hasSize(executions);
    }

    @ParameterizedTest
    @CsvSource({"1, 2", "2, 4", "3, 8", "4, 16", "5, 32"})
    @DisplayName("one writer and n readers of one place: 2^n executions")
    void readers(int readers, int executions) {
        Program.Outcome outcome = new Program(kernel -> {
            KernelObject place = kernel.memory().global("x");
            kernel.sched().spawn("w", 0, () -> place.write("f"));
            for (int i = 0; i < readers; i++) {
                kernel.sched().spawn("r" + i, 1 + i, () -> place.read("f"));
            }
        }).exhaustively();
        assertThat(outcome.executions()).isEqualTo(executions);
    }

    @Test
    @DisplayName("tasks that share nothing: one execution")
    void independent() {
        Program.Outcome outcome = new Program(kernel -> {
            for (int i = 0; i < 4; i++) {
                KernelObject own = kernel.memory().global("x" + i);
                kernel.sched().spawn("t" + i, i, () -> {
                    own.write("a");
                    own.read("b");
                    own.write("c");
                });
            }
        }).exhaustively();
        assertThat(outcome.executions()).isOne();
    }

    @Test
    @DisplayName("elements of a field meet only in the same element, or where the field is looked at as a whole")
    void elements() {
        Program.Outcome outcome = new Program(kernel -> {
            KernelObject map = kernel.memory().global("map");
            for (int i = 0; i < 3; i++) {
                int word = i;
                kernel.sched().spawn("w" + i, i, () -> map.write("words", word));
            }
            kernel.sched().spawn("scan", 3, () -> map.read("words"));
        }).exhaustively();
        assertThat(outcome.executions()).isEqualTo(8);
    }

    @Test
    @DisplayName("store buffering: both orders of both places, three of the four without sequential inconsistency")
    void storeBuffering() {
        Program.Outcome outcome = new Program(kernel -> {
            KernelObject x = kernel.memory().global("x");
            KernelObject y = kernel.memory().global("y");
            kernel.sched().spawn("a", 0, () -> {
                x.write("f");
                y.read("f");
            });
            kernel.sched().spawn("b", 1, () -> {
                y.write("f");
                x.read("f");
            });
        }).exhaustively();
        assertThat(outcome.executions()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("dining philosophers: stuck if each takes the left fork first, never if one of them does not")
    void philosophers(boolean ordered) {
        Program.Outcome outcome = new Program(kernel -> {
            List<SpinLock> forks = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                forks.add(kernel.locks().spin("fork" + i));
            }
            for (int i = 0; i < 3; i++) {
                int left = ordered ? Math.min(i, (i + 1) % 3) : i;
                int right = ordered ? Math.max(i, (i + 1) % 3) : (i + 1) % 3;
                KernelObject plate = kernel.memory().global("plate" + i);
                kernel.sched().spawn("p" + i, i, () -> {
                    forks.get(left).lock();
                    plate.write("spaghetti");
                    forks.get(right).lock();
                    plate.write("spaghetti");
                    forks.get(right).unlock();
                    forks.get(left).unlock();
                });
            }
        }).exhaustively();
        // lockdep complains of the order in either case where it is wrong, and that ends an execution too
        assertThat(outcome.ends().contains("stuck") || !outcome.findings().isEmpty()).isEqualTo(!ordered);
    }

    @Test
    @DisplayName("lost wake-up: looking before the flag is up misses the last event; looking again does not")
    void lostWakeUp() {
        assertThat(sleeper(false).ends()).contains("stuck");
        assertThat(sleeper(true).ends()).doesNotContain("stuck");
    }

    private static Program.Outcome sleeper(boolean looksAgain) {
        return new Program(kernel -> {
            KernelObject state = kernel.memory().global("state");
            var woken = kernel.locks().completion("woken");
            boolean[] flag = new boolean[1];
            int[] used = {1};
            kernel.sched().spawn("sleeper", 0, () -> {
                state.read("used");
                if (used[0] == 0) {
                    return;
                }
                state.write("flag");
                flag[0] = true;
                if (looksAgain) {
                    state.read("used");
                    if (used[0] == 0) {
                        return;
                    }
                }
                woken.await();
            });
            kernel.sched().spawn("waker", 1, () -> {
                state.write("used");
                used[0] = 0;
                state.read("flag");
                if (flag[0]) {
                    woken.complete();
                }
            });
        }).exhaustively();
    }

    @Test
    @DisplayName("use after free: found whichever of the two the default order prefers")
    void useAfterFree() {
        for (boolean freeFirst : new boolean[] {true, false}) {
            Program.Outcome outcome = new Program(kernel -> {
                KernelObject table = kernel.memory().kzalloc("table", 64);
                Runnable user = () -> table.read("field");
                Runnable owner = () -> kernel.memory().free(table);
                kernel.sched().spawn("a", 0, freeFirst ? owner : user);
                kernel.sched().spawn("b", 1, freeFirst ? user : owner);
            }).exhaustively();
            assertThat(outcome.findings()).containsExactly("use-after-free table");
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    @DisplayName("random programs with places, elements, locks, frees, wake-ups and shared CPUs: the same classes and findings as brute force, each once")
    void likeBruteForce(int seed) {
        Program program = random(seed);
        Program.Outcome all = program.byBruteForce();
        Program.Outcome reduced = program.exhaustively();
        assertThat(reduced.classes().size()).as("classes of %d executions", all.executions()).isEqualTo(all.classes().size());
        assertThat(all.classes().containsAll(reduced.classes())).isTrue();
        assertThat(reduced.findings()).isEqualTo(all.findings());
        assertThat(reduced.ends()).isEqualTo(all.ends());
        assertThat(reduced.executions()).as("each class once").isEqualTo(reduced.classes().size());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    @DisplayName("executions made ahead of their turn, by others, in any order: the same executions in the same order, and none for nothing")
    void ahead(int seed) {
        Program program = random(seed);
        for (Function<Names, Strategy> strategy : List.<Function<Names, Strategy>>of(Dpor::new, names -> new PreemptionBound(2))) {
            List<String> inTurn = program.turns(strategy, 0, new Random(seed));
            for (int views : new int[] {1, 2, 7}) {
                assertThat(program.turns(strategy, views, new Random(seed))).isEqualTo(inTurn);
            }
        }
    }

    static IntStream seeds() {
        return IntStream.rangeClosed(1, 60);
    }

    /** Two or three tasks of up to three operations each. */
    static Program random(int seed) {
        Random random = new Random(seed);
        int tasks = 2 + random.nextInt(2);
        int cpus = 1 + random.nextInt(tasks);
        int[][] code = new int[tasks][1 + random.nextInt(tasks == 2 ? 3 : 2)];
        for (int[] line : code) {
            for (int i = 0; i < line.length; i++) {
                line[i] = random.nextInt(10);
            }
        }
        return new Program(kernel -> {
            KernelObject x = kernel.memory().kzalloc("x", 64);
            KernelObject y = kernel.memory().global("y");
            SpinLock lock = kernel.locks().spin("lock");
            for (int task = 0; task < tasks; task++) {
                int[] line = code[task];
                kernel.sched().spawn("t" + task, task % cpus, () -> {
                    for (int operation : line) {
                        execute(kernel, operation, x, y, lock);
                    }
                });
            }
        });
    }

    private static void execute(Kernel kernel, int operation, KernelObject x, KernelObject y, SpinLock lock) {
        switch (operation) {
            case 0, 1 -> x.read("a");
            case 2 -> x.write("a");
            case 3 -> y.read("words");
            case 4 -> y.write("words", 1);
            case 5 -> y.write("words", 2);
            case 6, 7 -> {
                lock.lock();
                y.write("b");
                lock.unlock();
            }
            case 8 -> kernel.sched().sleepNanos(1000);
            default -> kernel.memory().free(x);
        }
    }
}
