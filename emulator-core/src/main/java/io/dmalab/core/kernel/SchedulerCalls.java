package io.dmalab.core.kernel;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.kernel.Choice;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.EventTarget;
import io.dmalab.api.kernel.RandomStream;
import io.dmalab.api.kernel.Scheduler;
import io.dmalab.api.kernel.Task;
import java.util.List;
import java.util.function.Supplier;

/** What model code asks of the scheduler (kernel/time/sleep_timeout.c, v6.14, and in_atomic, current and the like); {@link SimScheduler} does it. */
final class SchedulerCalls implements Scheduler {
    /** How often an ordinary run looks whether there is something to choose. */
    private static final long CHOOSE_NANOS = 1_000_000;

    private final SimScheduler sched;
    private final boolean extraTick;
    private final Supplier<RandomStream> choices;

    /** @param choices what choices of an ordinary run are drawn from */
    SchedulerCalls(KernelConfig config, SimScheduler sched, Supplier<RandomStream> choices) {
        this.sched = sched;
        this.extraTick = config.profile().msleepExtraTick();
        this.choices = choices;
    }

    // sleeping

    @Override
    @KernelFunction("msleep")
    public void msleep(long milliseconds) {
        SimTask task = sched.sleeper("msleep");
        if (task != null) {
            sched.sleepUntil(task, sched.lattice().msleepExpiry(taskNow(task), milliseconds, extraTick));
        }
    }

    @Override
    @KernelFunction("schedule_timeout_uninterruptible")
    public void sleepJiffies(long jiffies) {
        SimTask task = sched.sleeper("schedule_timeout");
        if (task != null) {
            sched.sleepUntil(task, sched.lattice().expiry(taskNow(task), jiffies));
        }
    }

    @Override
    @KernelFunction("usleep_range_state")
    public void sleepNanos(long nanos) {
        SimTask task = sched.sleeper("usleep_range");
        if (task != null) {
            sched.sleepUntil(task, SimScheduler.saturated(taskNow(task), nanos));
        }
    }

    /** The CPU time that it has spent is over before it sleeps. */
    private long taskNow(SimTask task) {
        return sched.now() + task.context.debt;
    }

    // what exploring runs look at

    @Override
    public Choice.Move choose(String what, Choice choice) {
        SimTask task = sched.current.task;
        if (task == null) {
            throw new IllegalStateException("choose(" + what + ") outside task context");
        }
        if (sched.controller != null) {
            return sched.controller.choose(task, what, choice);
        }
        while (true) {
            sleepNanos(CHOOSE_NANOS);
            List<Choice.Move> moves = choice.moves();
            if (!moves.isEmpty()) {
                return moves.get(choices.get().nextInt(moves.size()));
            }
        }
    }

    @Override
    public void point(String what) {
        if (sched.controller != null) {
            sched.controller.point(what);
        }
    }

    // the running context

    @Override
    public ContextKind context() {
        return sched.current.kind;
    }

    @Override
    public int cpu() {
        return sched.current.cpu;
    }

    @Override
    public int cpus() {
        return sched.cpus();
    }

    @Override
    public Task current() {
        if (sched.current.task == null) {
            throw new IllegalStateException("no task is running, but " + sched.current.name());
        }
        return sched.current.task;
    }

    @Override
    public boolean inAtomic() {
        return sched.current.mustNotSleep();
    }

    @Override
    public void spend(long nanos) {
        sched.spend(nanos);
    }

    @Override
    public long takeDebt() {
        Context context = sched.current;
        long fresh = context.debt - context.taken;
        context.taken = context.debt;
        return fresh;
    }

    // tasks and events

    @Override
    public Task spawn(String comm, int cpu, Runnable body) {
        return sched.spawn(comm, cpu, body);
    }

    @Override
    public long at(long timeNanos, ContextKind kind, int cpu, EventTarget target, long arg) {
        if (kind == ContextKind.TASK) {
            throw new IllegalArgumentException("tasks are spawned, not scheduled");
        }
        return sched.at(timeNanos, kind, cpu, target, arg);
    }

    @Override
    public boolean cancel(long handle) {
        return sched.cancel(handle);
    }
}
