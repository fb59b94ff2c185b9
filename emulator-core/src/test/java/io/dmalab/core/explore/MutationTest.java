package io.dmalab.core.explore;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.kernel.Completion;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.SpinLock;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What makes concurrent code right, taken out and put back: each time the explorer must say that without it something goes wrong, and what,
 * and prove that with it nothing does. The programs are the patterns behind the fixes of this model, in their smallest form;
 * {@code FixesTest} does the same with the model itself.
 */
class MutationTest {
    private static final long GRACE = 1000;
    /** So long that an execution has room for one more look. */
    private static final long POLL = 3_000_000_000L;

    @ParameterizedTest(name = "{0}")
    @MethodSource("patterns")
    @DisplayName("taken out it is found, put back it is proved")
    void mutated(String pattern, String harm, BiConsumer<Kernel, Boolean> program) {
        Program.Outcome without = new Program(kernel -> program.accept(kernel, false)).exhaustively();
        assertThat(without.findings().contains(harm) || without.ends().contains(harm)).as("%s without: %s", pattern, without).isTrue();
        Program.Outcome with = new Program(kernel -> program.accept(kernel, true)).exhaustively();
        assertThat(with.findings()).as(pattern).isEmpty();
        assertThat(with.ends()).as(pattern).isSubsetOf("idle", "horizon");
    }

    static Stream<Arguments> patterns() {
        return Stream.of(
                pattern("a second look after the flag is up (lost wake-up)", "stuck", MutationTest::recheck),
                pattern("the lock of a pool around a bitmap word", "kernel-bug word", MutationTest::poolLock),
                pattern("a reference is taken only while there is one", "use-after-free table", MutationTest::krefGetUnlessZero),
                pattern("the last access comes before the put", "use-after-free table", MutationTest::accessBeforePut),
                pattern("tables go before windows (order swap)", "use-after-free window", MutationTest::orderSwap),
                pattern("a reader of two fields looks at the sequence again", "kernel-bug fields", MutationTest::seqcount),
                pattern("return and walk claim a page by one exchange", "kernel-bug page", MutationTest::claim),
                pattern("a grace period between unpublishing and free", "use-after-free table", MutationTest::gracePeriod),
                pattern("the producer's lock once more before the pool is freed", "use-after-free pool", MutationTest::producerLock),
                pattern("two locks in one order", "stuck", MutationTest::lockOrder),
                pattern("work is cancelled and waited for before its object is freed", "use-after-free object", MutationTest::cancelSync));
    }

    private static Arguments pattern(String name, String harm, BiConsumer<Kernel, Boolean> program) {
        return Arguments.of(name, harm, program);
    }

    private static void recheck(Kernel kernel, boolean fixed) {
        KernelObject state = kernel.memory().global("state");
        Completion idle = kernel.locks().completion("idle");
        boolean[] draining = new boolean[1];
        int[] used = {1};
        kernel.sched().spawn("remover", 0, () -> {
            state.read("used");
            if (used[0] == 0) {
                return;
            }
            state.write("draining");
            draining[0] = true;
            if (fixed) {
                state.read("used");
                if (used[0] == 0) {
                    return;
                }
            }
            idle.await();
        });
        kernel.sched().spawn("unmapper", 1, () -> {
            state.write("used");
            used[0] = 0;
            state.read("draining");
            if (draining[0]) {
                idle.complete();
            }
        });
    }

    private static void poolLock(Kernel kernel, boolean fixed) {
        KernelObject map = kernel.memory().global("it_map");
        SpinLock lock = kernel.locks().spin("pool");
        int[] word = {3};
        int[] running = {2};
        for (int task = 0; task < 2; task++) {
            int bit = 1 << task;
            kernel.sched().spawn("unmapper" + task, task, () -> {
                if (fixed) {
                    lock.lock();
                }
                map.read("word");
                int old = word[0];
                map.write("word");
                word[0] = old & ~bit;
                if (fixed) {
                    lock.unlock();
                }
                if (--running[0] == 0 && word[0] != 0) {
                    kernel.findings().report(FindingKind.BUG, "word", "a bit that was cleared is set");
                }
            });
        }
    }

    private static void krefGetUnlessZero(Kernel kernel, boolean fixed) {
        KernelObject table = kernel.memory().kzalloc("table", 64);
        KernelObject device = kernel.memory().global("device");
        int[] references = {1};
        boolean[] published = {true};
        Runnable put = () -> {
            device.write("refs");
            if (--references[0] == 0) {
                kernel.memory().free(table);
            }
        };
        kernel.sched().spawn("user", 0, () -> {
            device.read("base");
            if (!published[0]) {
                return;
            }
            device.write("refs");
            if (fixed && references[0] == 0) {
                return;
            }
            references[0]++;
            table.read("field");
            put.run();
        });
        kernel.sched().spawn("remover", 1, () -> {
            device.write("base");
            published[0] = false;
            put.run();
        });
    }

    private static void accessBeforePut(Kernel kernel, boolean fixed) {
        KernelObject table = kernel.memory().kzalloc("table", 64);
        KernelObject count = kernel.memory().global("count");
        int[] references = {2};
        Runnable put = () -> {
            count.write("refs");
            if (--references[0] == 0) {
                kernel.memory().free(table);
            }
        };
        kernel.sched().spawn("unmapper", 0, () -> {
            table.write("it_map");
            if (fixed) {
                table.read("it_ops");
                put.run();
            } else {
                put.run();
                table.read("it_ops");
            }
        });
        kernel.sched().spawn("remover", 1, put);
    }

    private static void orderSwap(Kernel kernel, boolean fixed) {
        KernelObject window = kernel.memory().kzalloc("window", 64);
        KernelObject map = kernel.memory().global("it_map");
        int[] used = {1};
        Runnable waits = () -> {
            map.read("word");
            while (used[0] > 0) {
                kernel.sched().sleepNanos(POLL);
                map.read("word");
            }
        };
        kernel.sched().spawn("unmapper", 0, () -> {
            window.write("tce");
            map.write("word");
            used[0] = 0;
        });
        kernel.sched().spawn("remover", 1, () -> {
            if (fixed) {
                waits.run();
                kernel.memory().free(window);
            } else {
                kernel.memory().free(window);
                waits.run();
            }
        });
    }

    private static void seqcount(Kernel kernel, boolean fixed) {
        KernelObject state = kernel.memory().global("state");
        int[] values = new int[3];
        kernel.sched().spawn("writer", 0, () -> {
            for (int field = 0; field < 4; field++) {
                state.write(field == 0 || field == 3 ? "sequence" : "field" + field);
                values[field % 3]++;
            }
        });
        kernel.sched().spawn("reader", 1, () -> {
            int before;
            int first;
            int second;
            do {
                state.read("sequence");
                before = values[0];
                state.read("field1");
                first = values[1];
                state.read("field2");
                second = values[2];
                state.read("sequence");
                if (fixed && (before % 2 != 0 || values[0] != before)) {
                    // the writer is under way: the kernel spins, a model has to let time pass
                    kernel.sched().sleepNanos(POLL);
                    before = -1;
                }
            } while (before < 0);
            if (first != second) {
                kernel.findings().report(FindingKind.BUG, "fields", "two halves of different writes");
            }
        });
    }

    private static void claim(Kernel kernel, boolean fixed) {
        KernelObject slots = kernel.memory().global("slots");
        boolean[] mapped = {true};
        int[] unmapped = new int[1];
        for (String who : new String[] {"return", "walk"}) {
            kernel.sched().spawn(who, who.equals("walk") ? 1 : 0, () -> {
                if (!fixed) {
                    slots.read("page");
                    if (!mapped[0]) {
                        return;
                    }
                }
                slots.write("page");
                if (fixed && !mapped[0]) {
                    return;
                }
                mapped[0] = false;
                if (++unmapped[0] > 1) {
                    kernel.findings().report(FindingKind.BUG, "page", "unmapped twice");
                }
            });
        }
    }

    private static void gracePeriod(Kernel kernel, boolean fixed) {
        KernelObject device = kernel.memory().global("device");
        KernelObject table = kernel.memory().kzalloc("table", 64);
        boolean[] published = {true};
        kernel.sched().spawn("unmapper", 0, () -> {
            device.read("base");
            if (published[0]) {
                table.read("it_ops");
            }
        });
        kernel.sched().spawn("remover", 1, () -> {
            device.write("base");
            published[0] = false;
            if (fixed) {
                kernel.rcu().synchronize(GRACE);
            } else {
                kernel.sched().sleepNanos(GRACE);
            }
            kernel.memory().free(table);
        });
    }

    private static void producerLock(Kernel kernel, boolean fixed) {
        KernelObject pool = kernel.memory().kzalloc("pool", 64);
        SpinLock producer = kernel.locks().spin("producer_lock");
        boolean[] inRing = new boolean[1];
        kernel.sched().spawn("producer", 0, () -> {
            producer.lock();
            pool.write("ring");
            inRing[0] = true;
            pool.write("stats");
            producer.unlock();
        });
        kernel.sched().spawn("destroyer", 1, () -> {
            pool.read("ring");
            while (!inRing[0]) {
                kernel.sched().sleepNanos(POLL);
                pool.read("ring");
            }
            if (fixed) {
                producer.lock();
                producer.unlock();
            }
            kernel.memory().free(pool);
        });
    }

    private static void lockOrder(Kernel kernel, boolean fixed) {
        SpinLock a = kernel.locks().spin("a");
        SpinLock b = kernel.locks().spin("b");
        for (int task = 0; task < 2; task++) {
            SpinLock first = fixed || task == 0 ? a : b;
            SpinLock second = first == a ? b : a;
            kernel.sched().spawn("t" + task, task, () -> {
                first.lock();
                second.lock();
                second.unlock();
                first.unlock();
            });
        }
    }

    private static void cancelSync(Kernel kernel, boolean fixed) {
        KernelObject object = kernel.memory().kzalloc("object", 64);
        var work = kernel.events().work("retry", () -> object.write("state"));
        kernel.sched().spawn("remover", 0, () -> {
            work.queueDelayed(0, 1);
            object.read("state");
            if (fixed) {
                work.cancelSync();
            }
            kernel.memory().free(object);
        });
    }
}
