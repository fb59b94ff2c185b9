package io.dmalab.core.explore;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Grace periods of RCU where interleavings are searched: they end with the sections that had begun, and not before. */
class GracePeriodTest {
    private static final String USE_AFTER_FREE = "use-after-free table";
    private static final long GRACE = 1000;

    /** Who reads, and what is between the updater's two halves. */
    private enum Reader { TASK, LOCKED_TASK, SPINNING_TASK, SOFTIRQ }

    @ParameterizedTest
    @CsvSource({
        "TASK, false, false", "TASK, true, true",
        "LOCKED_TASK, false, false", "LOCKED_TASK, true, false",
        "SPINNING_TASK, true, false",
        "SOFTIRQ, false, false", "SOFTIRQ, true, false"})
    @DisplayName("who reads a pointer and then what it leads to is waited for: a task without a read lock only where there is no preemption")
    void readers(Reader reader, boolean preemptible, boolean freedUnderIt) {
        Program.Outcome outcome = program(reader, preemptible, World::unpublish, kernel -> kernel.rcu().synchronize(GRACE));
        assertThat(outcome.findings()).isEqualTo(freedUnderIt ? Set.of(USE_AFTER_FREE) : Set.of());
        assertThat(outcome.ends()).containsExactly("idle");
    }

    @ParameterizedTest
    @CsvSource({"TASK", "LOCKED_TASK", "SOFTIRQ"})
    @DisplayName("without a grace period, or with a sleep of its length, the reader is overtaken")
    void sleepIsNone(Reader reader) {
        assertThat(program(reader, false, World::unpublish, kernel -> { }).findings()).containsExactly(USE_AFTER_FREE);
        assertThat(program(reader, false, World::unpublish, kernel -> kernel.sched().sleepNanos(GRACE)).findings())
                .containsExactly(USE_AFTER_FREE);
    }

    @Test
    @DisplayName("a grace period before the pointer is taken away protects nobody: later readers are not waited for")
    void wrongOrder() {
        Program.Outcome outcome = program(Reader.LOCKED_TASK, true, world -> { }, kernel -> kernel.rcu().synchronize(GRACE));
        assertThat(outcome.findings()).containsExactly(USE_AFTER_FREE);
    }

    @Test
    @DisplayName("one reader, one updater: the reader is before, around or after the update, three executions")
    void number() {
        Program.Outcome outcome = program(Reader.LOCKED_TASK, true, World::unpublish, kernel -> kernel.rcu().synchronize(GRACE));
        assertThat(outcome.executions()).isEqualTo(outcome.classes().size());
        assertThat(outcome.classes()).isEqualTo(byForce(Reader.LOCKED_TASK).classes());
    }

    private static Program.Outcome byForce(Reader reader) {
        return new Program(kernel -> world(kernel, reader, World::unpublish, k -> k.rcu().synchronize(GRACE)), Set.of(), true)
                .byBruteForce();
    }

    @Test
    @DisplayName("sleeping inside a read section is a finding, as in the kernel")
    void sleepInside() {
        Program.Outcome outcome = new Program(kernel -> kernel.sched().spawn("t", 0, () -> {
            kernel.rcu().readLock();
            kernel.sched().msleep(1);
            kernel.rcu().readUnlock();
        })).exhaustively();
        assertThat(outcome.findings()).containsExactly(FindingKind.SLEEP_IN_ATOMIC + " msleep in task in a read section of RCU");
    }

    @ParameterizedTest
    @MethodSource("seeds")
    @DisplayName("random programs with read sections and grace periods: the same classes, findings and ends as brute force")
    void likeBruteForce(int seed, boolean preemptible) {
        Consumer<Kernel> random = random(seed);
        Program.Outcome all = new Program(random, Set.of(), preemptible).byBruteForce();
        Program.Outcome reduced = new Program(random, Set.of(), preemptible).exhaustively();
        assertThat(reduced.classes().size()).as("classes of %d executions", all.executions()).isEqualTo(all.classes().size());
        assertThat(all.classes().containsAll(reduced.classes())).isTrue();
        assertThat(reduced.findings()).isEqualTo(all.findings());
        assertThat(reduced.ends()).isEqualTo(all.ends());
    }

    static Stream<Arguments> seeds() {
        return IntStream.rangeClosed(1, 25).boxed().flatMap(seed -> Stream.of(Arguments.of(seed, false), Arguments.of(seed, true)));
    }

    private static Consumer<Kernel> random(int seed) {
        Random random = new Random(seed);
        int tasks = 2 + random.nextInt(2);
        int[][] code = new int[tasks][tasks == 2 ? 2 : 1];
        for (int[] line : code) {
            for (int i = 0; i < line.length; i++) {
                line[i] = random.nextInt(6);
            }
        }
        return kernel -> {
            KernelObject x = kernel.memory().kzalloc("x", 64);
            KernelObject y = kernel.memory().global("y");
            for (int task = 0; task < tasks; task++) {
                int[] line = code[task];
                kernel.sched().spawn("t" + task, task, () -> {
                    for (int operation : line) {
                        execute(kernel, operation, x, y);
                    }
                });
            }
        };
    }

    private static void execute(Kernel kernel, int operation, KernelObject x, KernelObject y) {
        switch (operation) {
            case 0 -> y.write("a");
            case 1, 2 -> {
                kernel.rcu().readLock();
                y.read("a");
                x.read("a");
                kernel.rcu().readUnlock();
            }
            case 3 -> kernel.sched().at(kernel.clock().now(), ContextKind.SOFTIRQ, 2, word -> x.read("a"), 0);
            case 4 -> kernel.rcu().synchronize(GRACE);
            default -> {
                y.write("a");
                kernel.rcu().synchronize(GRACE);
                kernel.memory().free(x);
            }
        }
    }

    private static final class World {
        private final Kernel kernel;
        private final KernelObject pointer;
        private final KernelObject table;
        private boolean published = true;

        World(Kernel kernel) {
            this.kernel = kernel;
            this.pointer = kernel.memory().global("pointer");
            this.table = kernel.memory().kzalloc("table", 64);
        }

        void read() {
            pointer.read("p");
            if (published) {
                table.read("field");
            }
        }

        void unpublish() {
            pointer.write("p");
            published = false;
        }
    }

    private static Program.Outcome program(Reader reader, boolean preemptible, Consumer<World> first, Consumer<Kernel> between) {
        return new Program(kernel -> world(kernel, reader, first, between), Set.of(), preemptible).exhaustively();
    }

    private static void world(Kernel kernel, Reader reader, Consumer<World> first, Consumer<Kernel> between) {
        World world = new World(kernel);
        switch (reader) {
            case TASK -> kernel.sched().spawn("reader", 0, world::read);
            case LOCKED_TASK -> kernel.sched().spawn("reader", 0, () -> {
                kernel.rcu().readLock();
                world.read();
                kernel.rcu().readUnlock();
            });
            case SPINNING_TASK -> {
                var lock = kernel.locks().spin("own");
                kernel.sched().spawn("reader", 0, () -> {
                    lock.lock();
                    world.read();
                    lock.unlock();
                });
            }
            case SOFTIRQ -> kernel.sched().at(0, ContextKind.SOFTIRQ, 0, word -> world.read(), 0);
        }
        kernel.sched().spawn("updater", 1, () -> {
            first.accept(world);
            between.accept(kernel);
            kernel.memory().free(world.table);
        });
    }
}
