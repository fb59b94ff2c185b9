package io.dmalab.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.kernel.Completion;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Mutex;
import io.dmalab.api.kernel.RwSemaphore;
import io.dmalab.api.kernel.SpinLock;
import io.dmalab.api.observe.FindingRecord;
import io.dmalab.core.random.Streams;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchedulerTest {
    private static final long MS = 1_000_000L;
    private static final long SECOND = 1_000_000_000L;
    private SimKernel kernel = new SimKernel(KernelConfig.basic(1), new Streams(1));
    private final List<String> events = new ArrayList<>();

    @AfterEach
    void close() {
        kernel.close();
    }

    private void with(KernelConfig config) {
        kernel.close();
        kernel = new SimKernel(config, new Streams(1));
    }

    private void note(String what) {
        events.add(kernel.now() / 1000 + " us " + what);
    }

    @Test
    void equal_instants_run_in_the_order_hardirq_timer_softirq_task_then_sequence() {
        kernel.sched().spawn("a", 0, () -> note("task a"));
        kernel.sched().at(0, ContextKind.SOFTIRQ, 0, x -> note("softirq 1"), 0);
        kernel.sched().at(0, ContextKind.SOFTIRQ, 1, x -> note("softirq 2"), 0);
        kernel.sched().at(0, ContextKind.TIMER, 0, x -> note("timer"), 0);
        kernel.sched().at(0, ContextKind.HARDIRQ, 0, x -> note("hardirq"), 0);
        kernel.sched().spawn("b", 0, () -> note("task b"));

        assertThat(kernel.run()).isEqualTo(StopReason.IDLE);
        assertThat(events).containsExactly("0 us hardirq", "0 us timer", "0 us softirq 1", "0 us softirq 2", "0 us task a", "0 us task b");
    }

    @ParameterizedTest(name = "HZ {0}: msleep(50) repeated takes {1} ms a round")
    @CsvSource({"100, 60", "250, 56", "1000, 51"})
    @DisplayName("iommu-table.md section 14: real sleeps of msleep(50) are 60, 56 and 51 ms")
    void msleep_rounds_up_to_the_next_tick_and_one_more(int hz, long period) {
        with(KernelConfig.basic(1).withTimers(hz, false));
        kernel.sched().spawn("sleeper", 0, () -> {
            for (int i = 0; i < 4; i++) {
                kernel.sched().msleep(50);
                note("up");
            }
        });
        kernel.run();
        assertThat(events).containsExactly(
                period * 1000 + " us up", 2 * period * 1000 + " us up", 3 * period * 1000 + " us up", 4 * period * 1000 + " us up");
    }

    @Test
    void exact_timers_sleep_exactly() {
        with(KernelConfig.basic(1).withTimers(250, true));
        kernel.sched().spawn("sleeper", 0, () -> {
            kernel.sched().msleep(50);
            note("up");
        });
        kernel.run();
        assertThat(events).containsExactly("50000 us up");
    }

    @Test
    void spent_cpu_time_shows_in_log_stamps_and_moves_the_clock_in_lumps() {
        kernel.sched().spawn("worker", 0, () -> {
            kernel.sched().spend(20_000);
            kernel.printk().info("early");
            note("still at zero");
            kernel.sched().spend(40_000);
            note("moved on");
        });
        kernel.run();
        assertThat(kernel.logLines().getFirst().timeNanos()).isEqualTo(20_000);
        assertThat(events).containsExactly("0 us still at zero", "63 us moved on");
    }

    @Test
    void interrupt_debt_is_handed_out_once_and_worked_off_by_passing_time() {
        List<Long> debts = new ArrayList<>();
        kernel.sched().at(0, ContextKind.SOFTIRQ, 0, x -> {
            kernel.sched().spend(5_000);
            debts.add(kernel.sched().takeDebt());
            debts.add(kernel.sched().takeDebt());
        }, 0);
        kernel.sched().at(10_000, ContextKind.SOFTIRQ, 0, x -> debts.add(kernel.sched().takeDebt()), 0);
        kernel.run();
        assertThat(debts).containsExactly(5_000L, 0L, 0L);
    }

    @Test
    void join_waits_for_the_end() {
        kernel.sched().spawn("parent", 0, () -> {
            kernel.sched().spawn("child", 1, () -> kernel.sched().sleepNanos(7 * MS)).join();
            note("child gone");
        });
        kernel.run();
        assertThat(events).containsExactly("7000 us child gone");
    }

    @Test
    void mutex_is_first_come_first_served() {
        Mutex mutex = kernel.locks().mutex("m");
        for (String name : List.of("a", "b", "c")) {
            kernel.sched().spawn(name, 0, () -> {
                mutex.lock();
                note(name);
                kernel.sched().sleepNanos(MS);
                mutex.unlock();
            });
        }
        kernel.run();
        assertThat(events).containsExactly("0 us a", "1000 us b", "2000 us c");
        assertThat(mutex.isLocked()).isFalse();
    }

    @Test
    void completion_wakes_one_and_times_out() {
        Completion done = kernel.locks().completion("c");
        kernel.sched().spawn("waiter", 0, () -> {
            note(done.awaitJiffies(250) ? "completed" : "timed out");
            note(done.awaitJiffies(250) ? "completed" : "timed out");
        });
        kernel.sched().at(100 * MS, ContextKind.SOFTIRQ, 0, x -> done.complete(), 0);
        kernel.run();
        assertThat(events).hasSize(2);
        assertThat(events.get(0)).isEqualTo("100000 us completed");
        assertThat(events.get(1)).endsWith("timed out");
        assertThat(kernel.now()).isBetween(SECOND + 100 * MS, SECOND + 150 * MS);
    }

    @Test
    void a_completion_and_its_timeout_at_one_instant_wake_the_waiter_once() {
        with(KernelConfig.basic(1).withTimers(250, true));
        Completion done = kernel.locks().completion("c");
        kernel.sched().spawn("waiter", 0, () -> {
            note(done.awaitJiffies(25) ? "completed" : "timed out");
            kernel.sched().sleepNanos(SECOND);
            note("slept");
        });
        kernel.sched().at(100 * MS, ContextKind.SOFTIRQ, 0, x -> done.complete(), 0);
        kernel.run();
        assertThat(events).containsExactly("100000 us completed", "1100000 us slept");
    }

    @Test
    void two_mutexes_in_opposite_order_are_a_lock_order_finding_and_when_it_happens_a_deadlock() {
        Mutex a = kernel.locks().mutex("a");
        Mutex b = kernel.locks().mutex("b");
        kernel.sched().spawn("one", 0, () -> nested(a, b));
        kernel.sched().spawn("two", 1, () -> nested(b, a));
        assertThat(kernel.run()).isEqualTo(StopReason.IDLE);
        assertThat(kinds()).contains(FindingKind.LOCK_ORDER, FindingKind.DEADLOCK, FindingKind.HUNG_TASK);
        FindingRecord deadlock = finding(FindingKind.DEADLOCK);
        assertThat(deadlock.detail()).contains("one:1001 waits for mutex b").contains("two:1002 waits for mutex a");
        assertThat(deadlock.stacks()).hasSize(2);
    }

    private void nested(Mutex first, Mutex second) {
        first.lock();
        kernel.sched().sleepNanos(MS);
        second.lock();
        second.unlock();
        first.unlock();
    }

    @Test
    @DisplayName("dlpar-and-notifiers.md section 6: a second read lock behind a queued writer deadlocks on the chain's rwsem")
    void nested_read_lock_behind_a_writer_is_a_deadlock() {
        RwSemaphore chain = kernel.locks().rwSemaphore("&(notifier)->rwsem");
        kernel.sched().spawn("reader", 0, () -> {
            chain.downRead();
            kernel.sched().sleepNanos(2 * MS);
            chain.downRead();
            note("never");
        });
        kernel.sched().spawn("writer", 1, () -> {
            kernel.sched().sleepNanos(MS);
            chain.downWrite();
        });
        kernel.run();
        assertThat(events).isEmpty();
        assertThat(finding(FindingKind.DEADLOCK).detail())
                .contains("reader:1001 waits for rw-semaphore").contains("writer:1002 waits for rw-semaphore");
    }

    @Test
    void nested_read_lock_without_a_writer_is_harmless() {
        RwSemaphore chain = kernel.locks().rwSemaphore("rwsem");
        kernel.sched().spawn("reader", 0, () -> {
            chain.downRead();
            chain.downRead();
            chain.upRead();
            chain.upRead();
            note("done");
        });
        kernel.run();
        assertThat(events).containsExactly("0 us done");
        assertThat(kinds()).isEmpty();
    }

    @Test
    void sleeping_with_a_spin_lock_or_in_softirq_is_found_and_goes_on() {
        SpinLock lock = kernel.locks().spin("lock");
        kernel.sched().spawn("task", 0, () -> {
            lock.lock();
            kernel.sched().msleep(1);
            lock.unlock();
            note("task done");
        });
        kernel.sched().at(0, ContextKind.SOFTIRQ, 0, x -> {
            kernel.sched().msleep(1);
            note("softirq done");
        }, 0);
        kernel.run();
        assertThat(kernel.findingRecords()).extracting(FindingRecord::kind)
                .containsExactly(FindingKind.SLEEP_IN_ATOMIC, FindingKind.SLEEP_IN_ATOMIC);
        assertThat(kernel.logLines()).anyMatch(l -> l.text().startsWith("BUG: scheduling while atomic: task/1001/0x00000001"));
        assertThat(events).first().isEqualTo("0 us softirq done");
    }

    @Test
    @DisplayName("real-world-reports.md invariant 7: a hung task is reported 120 to 240 s after it blocked")
    void hung_task() {
        Mutex mutex = kernel.locks().mutex("&dev->mutex");
        kernel.sched().spawn("drmgr", 0, () -> {
            mutex.lock();
            for (int i = 0; i < 8000; i++) {
                kernel.sched().msleep(50);
            }
            mutex.unlock();
        });
        kernel.sched().spawn("systemd-journal", 1, () -> {
            kernel.sched().sleepNanos(50 * SECOND);
            mutex.lock();
            mutex.unlock();
        });
        kernel.run();
        FindingRecord hung = finding(FindingKind.HUNG_TASK);
        assertThat(hung.subject()).isEqualTo("systemd-journal:1002");
        assertThat(hung.firstNanos() - 50 * SECOND).isBetween(120 * SECOND, 240 * SECOND);
        List<String> log = kernel.logLines().stream().map(l -> l.text()).toList();
        assertThat(log.subList(0, 5)).containsExactly("INFO: task systemd-journal:1002 blocked for more than 120 seconds.",
                "      Not tainted 6.14.0-rc3 #1", "\"echo 0 > /proc/sys/kernel/hung_task_timeout_secs\" disables this message.",
                "task:systemd-journal state:D stack:0     pid:1002 ", "Call Trace:");
        String frame = "\\[[0-9a-f]{16}] \\[[0-9a-f]{16}] ";
        assertThat(log.get(5)).matches(frame + "0x[0-9a-f]{16} \\(unreliable\\)");
        assertThat(log.get(6)).matches(frame + "__switch_to\\+0x[0-9a-f]+/0x[0-9a-f]+");
        assertThat(log.get(7)).matches(frame + "__schedule\\+0x[0-9a-f]+/0x[0-9a-f]+");
        assertThat(log.get(8)).matches(frame + "schedule\\+0x[0-9a-f]+/0x[0-9a-f]+");
        assertThat(kernel.findingRecords()).as("the sleeper itself is switched all the time").hasSize(1);
    }

    @Test
    void limits_end_a_run() {
        with(KernelConfig.basic(1).withLimits(SECOND, Long.MAX_VALUE));
        kernel.sched().spawn("loop", 0, () -> {
            while (true) {
                kernel.sched().msleep(10);
            }
        });
        assertThat(kernel.run()).isEqualTo(StopReason.TIME_LIMIT);
        assertThat(kernel.now()).isEqualTo(SECOND);
        with(KernelConfig.basic(1).withLimits(Long.MAX_VALUE, 100));
        kernel.sched().spawn("loop", 0, () -> {
            while (true) {
                kernel.sched().msleep(10);
            }
        });
        assertThat(kernel.run()).isEqualTo(StopReason.EVENT_LIMIT);
    }

    @Test
    void model_failures_name_the_place() {
        kernel.sched().spawn("broken", 3, () -> {
            throw new IllegalArgumentException("no");
        });
        org.assertj.core.api.Assertions.assertThatThrownBy(kernel::run)
                .isInstanceOf(ModelFailure.class).hasMessageContaining("broken, CPU 3").hasMessageContaining("no");
    }

    @Test
    void spin_locks_in_any_order_leave_nothing_behind() {
        SpinLock[] locks = new SpinLock[5];
        for (int i = 0; i < locks.length; i++) {
            locks[i] = kernel.locks().spin("lock " + i);
        }
        java.util.Random random = new java.util.Random(5);
        kernel.sched().spawn("task", 0, () -> {
            boolean[] held = new boolean[locks.length];
            for (int step = 0; step < 20_000; step++) {
                int one = random.nextInt(locks.length);
                if (held[one]) {
                    assertThat(locks[one].tryLock()).isFalse();
                    locks[one].unlock();
                } else {
                    assertThat(locks[one].tryLock()).isTrue();
                }
                held[one] = !held[one];
                boolean any = held[0] || held[1] || held[2] || held[3] || held[4];
                assertThat(kernel.sched().inAtomic()).as("step %d", step).isEqualTo(any);
            }
            note("done");
        });
        kernel.run();
        assertThat(events).containsExactly("0 us done");
        assertThat(kinds()).containsOnly(FindingKind.LOCK_ORDER);
    }

    /**
     * Two tasks and a softirq, each with locks of its own order: a lock that was held alone is taken again by the same context, by another, over
     * a mutex, and under another lock.
     */
    @Test
    void spin_locks_that_contexts_take_in_turn_are_held_by_one_at_a_time() {
        SpinLock[] locks = new SpinLock[4];
        for (int i = 0; i < locks.length; i++) {
            locks[i] = kernel.locks().spin("lock " + i);
        }
        Mutex mutex = kernel.locks().mutex("mutex");
        java.util.Random random = new java.util.Random(7);
        for (int task = 0; task < 2; task++) {
            kernel.sched().spawn("task" + task, task, () -> {
                for (int round = 0; round < 2_000; round++) {
                    boolean sleeping = random.nextInt(4) == 0;
                    if (sleeping) {
                        mutex.lock();
                    }
                    takeInOrder(locks, random);
                    if (sleeping) {
                        mutex.unlock();
                    }
                    kernel.sched().sleepNanos(1000);
                }
                note("done");
            });
        }
        for (int i = 0; i < 2_000; i++) {
            kernel.sched().at(i * 1000L, ContextKind.SOFTIRQ, i & 3, x -> takeInOrder(locks, random), 0);
        }
        kernel.run();
        assertThat(kinds()).isEmpty();
        assertThat(events).hasSize(2);
    }

    /** Takes some locks, the lower number first, often one of them again and again, and gives them back in any order. */
    private void takeInOrder(SpinLock[] locks, java.util.Random random) {
        boolean atomic = kernel.sched().inAtomic();
        int[] held = java.util.stream.IntStream.range(0, locks.length).filter(i -> random.nextInt(3) == 0).toArray();
        for (int again = random.nextInt(3); again >= 0; again--) {
            for (int one : held) {
                locks[one].lock();
                assertThat(locks[one].tryLock()).isFalse();
                assertThat(kernel.sched().inAtomic()).isTrue();
            }
            int first = held.length == 0 ? 0 : random.nextInt(held.length);
            for (int i = 0; i < held.length; i++) {
                assertThat(kernel.sched().inAtomic()).isTrue();
                locks[held[(first + i) % held.length]].unlock();
            }
            assertThat(kernel.sched().inAtomic()).isEqualTo(atomic);
        }
    }

    @Test
    void a_lock_taken_alone_a_thousand_times_still_counts_in_the_order_of_locks() {
        SpinLock a = kernel.locks().spin("a");
        SpinLock b = kernel.locks().spin("b");
        kernel.sched().spawn("task", 0, () -> {
            for (int i = 0; i < 1000; i++) {
                a.lock();
                a.unlock();
            }
            a.lock();
            b.lock();
            b.unlock();
            a.unlock();
            for (int i = 0; i < 1000; i++) {
                b.lock();
                b.unlock();
            }
            b.lock();
            a.lock();
            a.unlock();
            b.unlock();
        });
        kernel.run();
        assertThat(kinds()).containsExactly(FindingKind.LOCK_ORDER);
    }

    private List<FindingKind> kinds() {
        return kernel.findingRecords().stream().map(FindingRecord::kind).toList();
    }

    private FindingRecord finding(FindingKind kind) {
        return kernel.findingRecords().stream().filter(f -> f.kind() == kind).findFirst().orElseThrow();
    }
}
