package io.dmalab.core.explore;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.RwSemaphore;
import io.dmalab.api.kernel.SpinLock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The classic programs, with the number of executions that differ and with what each can observe. The numbers are those of a sequentially
 * consistent machine: the ways to order each place's conflicting accesses that do not contradict the order within the tasks.
 */
class LitmusTest {
    /** Variables that tasks share, and what they saw. */
    private static final class World {
        private final Kernel kernel;
        private final int[] values = new int[3];
        private final List<KernelObject> places = new ArrayList<>();
        private final int[] seen;
        private final Collection<String> observed;
        private int running;

        World(Kernel kernel, int registers, Collection<String> observed) {
            this.kernel = kernel;
            this.seen = new int[registers];
            this.observed = observed;
            for (String name : List.of("x", "y", "z")) {
                places.add(kernel.memory().global(name));
            }
        }

        void write(int place, int value) {
            places.get(place).write("value");
            values[place] = value;
        }

        int read(int place) {
            places.get(place).read("value");
            return values[place];
        }

        void see(int register, int place) {
            seen[register] = read(place);
        }

        /** One step: the value becomes {@code next} if it is {@code expected}. */
        boolean compareAndSwap(int place, int expected, int next) {
            places.get(place).write("value");
            boolean same = values[place] == expected;
            values[place] = same ? next : values[place];
            return same;
        }

        void task(Runnable body) {
            int number = running++;
            kernel.sched().spawn("t" + number, number, () -> {
                body.run();
                if (--running == 0) {
                    StringBuilder text = new StringBuilder();
                    IntStream.of(seen).forEach(text::append);
                    observed.add(text.toString());
                }
            });
        }
    }

    private static final int X = 0;
    private static final int Y = 1;

    /** Explores a program both ways, and holds one against the other. @param observed gets what its tasks saw, over all executions */
    private static Program.Outcome explore(int registers, SortedSet<String> observed, BiConsumer<Kernel, World> program) {
        SortedSet<String> byForce = new TreeSet<>();
        Program.Outcome all = new Program(kernel -> program.accept(kernel, new World(kernel, registers, byForce))).byBruteForce();
        Program.Outcome reduced = new Program(kernel -> program.accept(kernel, new World(kernel, registers, observed))).exhaustively();
        assertThat(observed).isEqualTo(byForce);
        assertThat(reduced.classes().size()).as("classes of %d executions", all.executions()).isEqualTo(all.classes().size());
        assertThat(all.classes().containsAll(reduced.classes())).isTrue();
        assertThat(reduced.findings()).isEqualTo(all.findings());
        assertThat(reduced.ends()).isEqualTo(all.ends());
        assertThat(reduced.executions()).as("each class once").isEqualTo(reduced.classes().size());
        return reduced;
    }

    @Test
    @DisplayName("store buffering: 3 executions, and nobody misses both stores")
    void storeBuffering() {
        SortedSet<String> observed = new TreeSet<>();
        Program.Outcome outcome = explore(2, observed, (kernel, world) -> {
            world.task(() -> {
                world.write(X, 1);
                world.see(0, Y);
            });
            world.task(() -> {
                world.write(Y, 1);
                world.see(1, X);
            });
        });
        assertThat(outcome.executions()).isEqualTo(3);
        assertThat(observed).containsExactly("01", "10", "11");
    }

    @Test
    @DisplayName("load buffering: 3 executions, and nobody sees both stores")
    void loadBuffering() {
        SortedSet<String> observed = new TreeSet<>();
        Program.Outcome outcome = explore(2, observed, (kernel, world) -> {
            world.task(() -> {
                world.see(0, X);
                world.write(Y, 1);
            });
            world.task(() -> {
                world.see(1, Y);
                world.write(X, 1);
            });
        });
        assertThat(outcome.executions()).isEqualTo(3);
        assertThat(observed).containsExactly("00", "01", "10");
    }

    @Test
    @DisplayName("message passing: 3 executions, and whoever sees the flag sees the message")
    void messagePassing() {
        SortedSet<String> observed = new TreeSet<>();
        Program.Outcome outcome = explore(2, observed, (kernel, world) -> {
            world.task(() -> {
                world.write(X, 1);
                world.write(Y, 1);
            });
            world.task(() -> {
                world.see(0, Y);
                world.see(1, X);
            });
        });
        assertThat(outcome.executions()).isEqualTo(3);
        assertThat(observed).containsExactly("00", "01", "11");
    }

    @Test
    @DisplayName("two writers of two places in opposite order: 3 executions, not 4, as the fourth order is a circle")
    void twoPlusTwoWriters() {
        SortedSet<String> observed = new TreeSet<>();
        Program.Outcome outcome = explore(0, observed, (kernel, world) -> {
            world.task(() -> {
                world.write(X, 1);
                world.write(Y, 2);
            });
            world.task(() -> {
                world.write(Y, 1);
                world.write(X, 2);
            });
        });
        assertThat(outcome.executions()).isEqualTo(3);
    }

    @Test
    @DisplayName("independent reads of independent writes: 15 executions, and two readers never disagree about which write came first")
    void independentReadsOfIndependentWrites() {
        SortedSet<String> observed = new TreeSet<>();
        Program.Outcome outcome = explore(4, observed, (kernel, world) -> {
            world.task(() -> world.write(X, 1));
            world.task(() -> world.write(Y, 1));
            world.task(() -> {
                world.see(0, X);
                world.see(1, Y);
            });
            world.task(() -> {
                world.see(2, Y);
                world.see(3, X);
            });
        });
        assertThat(outcome.executions()).isEqualTo(15);
        assertThat(observed).hasSize(15).doesNotContain("1010");
    }

    @ParameterizedTest
    @CsvSource({"1, 4", "2, 34"})
    @DisplayName("two tasks that add to a counter without a lock: all orders of their reads and writes, and an update can be lost")
    void lostUpdate(int times, int executions) {
        SortedSet<String> observed = new TreeSet<>();
        Program.Outcome outcome = explore(1, observed, (kernel, world) -> {
            for (int task = 0; task < 2; task++) {
                world.task(() -> {
                    for (int i = 0; i < times; i++) {
                        world.write(X, world.read(X) + 1);
                    }
                    world.seen[0] = world.values[X];
                });
            }
        });
        assertThat(outcome.executions()).isEqualTo(executions);
        assertThat(observed.first()).isEqualTo(times == 1 ? "1" : "2");
        assertThat(observed.last()).isEqualTo(times == 1 ? "2" : "4");
    }

    @ParameterizedTest
    @CsvSource({"2, 2", "3, 6"})
    @DisplayName("dining philosophers in order of the forks: one execution for each order of meals that share a fork, nobody starves")
    void philosophers(int guests, int executions) {
        Program.Outcome outcome = new Program(kernel -> dine(kernel, guests, true)).exhaustively();
        assertThat(outcome.executions()).isEqualTo(executions);
        assertThat(outcome.ends()).containsExactly("idle");
        assertThat(outcome.findings()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"2, 3", "3, 7"})
    @DisplayName("dining philosophers, each his left fork first: besides the meals one execution in which all wait for ever")
    void hungryPhilosophers(int guests, int executions) {
        Program.Outcome outcome = new Program(kernel -> dine(kernel, guests, false)).exhaustively();
        assertThat(outcome.executions()).isEqualTo(executions);
        assertThat(outcome.ends()).containsExactly("idle", "stuck");
    }

    private static void dine(Kernel kernel, int guests, boolean ordered) {
        List<SpinLock> forks = IntStream.range(0, guests).mapToObj(i -> kernel.locks().spin("fork" + i)).toList();
        for (int i = 0; i < guests; i++) {
            int other = (i + 1) % guests;
            SpinLock first = forks.get(ordered ? Math.min(i, other) : i);
            SpinLock second = forks.get(ordered ? Math.max(i, other) : other);
            kernel.sched().spawn("p" + i, i, () -> {
                first.lock();
                second.lock();
                second.unlock();
                first.unlock();
            });
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 2", "2, 4"})
    @DisplayName("readers and a writer behind a semaphore: the writer's two halves are never seen apart")
    void readersAndWriter(int readers, int executions) {
        SortedSet<String> observed = new TreeSet<>();
        Program.Outcome outcome = explore(2 * readers, observed, (kernel, world) -> {
            RwSemaphore semaphore = kernel.locks().rwSemaphore("rwsem");
            world.task(() -> {
                semaphore.downWrite();
                world.write(X, 1);
                world.write(Y, 1);
                semaphore.upWrite();
            });
            for (int reader = 0; reader < readers; reader++) {
                int register = 2 * reader;
                world.task(() -> {
                    semaphore.downRead();
                    world.see(register, X);
                    world.see(register + 1, Y);
                    semaphore.upRead();
                });
            }
        });
        assertThat(outcome.executions()).isEqualTo(executions);
        assertThat(observed).allMatch(seen -> !seen.matches("(..)?(01|10)(..)?"));
    }

    @Test
    @DisplayName("two readers behind a semaphore that do write: 6 orders of their two steps, as if it were not there")
    void readersThatWrite() {
        Program.Outcome outcome = explore(0, new TreeSet<>(), (kernel, world) -> {
            RwSemaphore semaphore = kernel.locks().rwSemaphore("rwsem");
            for (int task = 0; task < 2; task++) {
                world.task(() -> {
                    semaphore.downRead();
                    world.write(X, 1);
                    world.write(X, 2);
                    semaphore.upRead();
                });
            }
        });
        assertThat(outcome.executions()).isEqualTo(6);
    }

    @ParameterizedTest
    @CsvSource({"false, true", "true, false"})
    @DisplayName("ABA: a pop that compares the head alone puts back a node that somebody else has popped; one with a counter does not")
    void aba(boolean counted, boolean broken) {
        SortedSet<String> observed = new TreeSet<>();
        explore(2, observed, (kernel, world) -> {
            // the stack is 1 -> 2; a head is a node and, if counted, the number of changes times ten
            int[] below = {0, 2, 0};
            int change = counted ? 10 : 0;
            world.values[X] = 1;
            world.task(() -> {
                int head = world.read(X);
                int node = head % 10;
                int next = below[node];
                world.compareAndSwap(X, head, head - node + next + change);
                world.seen[0] = world.values[X] % 10;
            });
            world.task(() -> {
                int head = world.read(X);
                if (head % 10 == 1 && world.compareAndSwap(X, head, head - 1 + 2 + change)) {
                    head = world.read(X);
                    if (head % 10 == 2 && world.compareAndSwap(X, head, head - 2 + change)) {
                        world.seen[1] = 1;
                        below[1] = 0;
                        head = world.read(X);
                        world.compareAndSwap(X, head, head + 1 + change);
                    }
                }
                world.seen[0] = world.values[X] % 10;
            });
        });
        // the second task has popped both and put 1 back: 2 is its own
        assertThat(observed.contains("21")).isEqualTo(broken);
    }
}
