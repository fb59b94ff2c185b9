package io.dmalab.core.kernel;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.kernel.Completion;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/** A completion (kernel/sched/completion.c, v6.14). */
final class SimCompletion implements Completion, WaitTarget {
    private static final int ALL = Integer.MAX_VALUE;

    private final SimScheduler sched;
    private final String name;
    private final ArrayDeque<SimTask> waiters = new ArrayDeque<>();
    private final int number;
    private int done;

    SimCompletion(SimScheduler sched, String name) {
        this.sched = sched;
        this.name = name;
        this.number = sched.object();
    }

    @Override
    public void complete() {
        sched.touch(number, "done", true);
        if (done != ALL) {
            done++;
        }
        SimTask first = waiters.peek();
        if (first != null) {
            sched.wake(first);
        }
    }

    @Override
    public void completeAll() {
        sched.touch(number, "done", true);
        done = ALL;
        waiters.forEach(sched::wake);
    }

    @Override
    public void reinit() {
        sched.touch(number, "done", true);
        done = 0;
    }

    @Override
    @KernelFunction("wait_for_completion")
    public void await() {
        SimTask task = sched.sleepingCaller("wait_for_completion");
        sched.touch(number, "done", true);
        waiters.add(task);
        while (done == 0) {
            sched.block(task, this, true);
        }
        finish(task);
    }

    @Override
    @KernelFunction("wait_for_completion_interruptible")
    public void awaitInterruptible() {
        SimTask task = sched.sleepingCaller("wait_for_completion_interruptible");
        sched.touch(number, "done", true);
        waiters.add(task);
        while (done == 0) {
            sched.block(task, this, false);
        }
        finish(task);
    }

    @Override
    @KernelFunction("wait_for_completion_timeout")
    public boolean awaitJiffies(long jiffies) {
        SimTask task = sched.sleepingCaller("wait_for_completion_timeout");
        sched.touch(number, "done", true);
        long deadline = sched.lattice().jiffies(sched.now()) + jiffies;
        waiters.add(task);
        while (done == 0) {
            long left = deadline - sched.lattice().jiffies(sched.now());
            if (left <= 0) {
                waiters.remove(task);
                return false;
            }
            sched.blockFor(task, this, left);
        }
        finish(task);
        return true;
    }

    private void finish(SimTask task) {
        waiters.remove(task);
        if (done != ALL) {
            done--;
        }
        SimTask next = waiters.peek();
        if (done > 0 && next != null) {
            sched.wake(next);
        }
    }

    @Override
    public String describe() {
        return "completion " + name;
    }

    /** Anybody may complete it, so a wait for it closes no circle. */
    @Override
    public void blockers(SimTask waiter, Consumer<SimTask> sink) {}
}
