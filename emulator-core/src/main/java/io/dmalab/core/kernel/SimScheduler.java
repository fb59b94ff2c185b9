package io.dmalab.core.kernel;

import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.EventTarget;
import io.dmalab.core.fiber.Fibers;
import io.dmalab.core.time.EventQueue;
import io.dmalab.core.time.TimingWheel;
import java.util.List;

/**
 * Contexts and their order (kernel/sched/core.c, v6.14). One event queue with the total order time, context kind, sequence; code runs to
 * completion at one instant unless a task sleeps. Left out: time slices, priorities, and a CPU's interrupts delaying its tasks: CPUs only
 * order what runs at one instant. CPU time that code spends shows in the time stamps of its own context.
 */
final class SimScheduler {
    /** CPU time a task may accumulate before the clock moves on under it. */
    private static final long LUMP_NANOS = 50_000;
    private static final int TASK_PRIORITY = ContextKind.TASK.ordinal();

    /** What is running; between events the boot context. */
    Context current;

    /** Set in an exploring run only. */
    final Controller controller;
    private final EventQueue queue;
    private final Fibers fibers = Fibers.create();
    private final TimerLattice lattice;
    private final Context boot = new Context(null, ContextKind.TASK, 0);
    private final Interrupts interrupts;
    private final EventLoop loop;
    private final Tasks tasks;
    private Complaints complaints;

    /** @param controller schedules instead of time; null in an ordinary run */
    SimScheduler(KernelConfig config, Controller controller) {
        this.controller = controller;
        this.queue = controller == null ? new TimingWheel() : controller.queue();
        this.lattice = new TimerLattice(config.hz(), config.exactTimers());
        this.current = boot;
        this.interrupts = new Interrupts(this, config.cpus());
        this.loop = new EventLoop(queue, this, interrupts);
        this.tasks = new Tasks(this, fibers);
    }

    void complaints(Complaints value) {
        complaints = value;
        tasks.complaints(value);
    }

    Tasks tasks() {
        return tasks;
    }

    EventLoop loop() {
        return loop;
    }

    TimerLattice lattice() {
        return lattice;
    }

    long now() {
        return queue.now();
    }

    Thread carrier(Thread thread) {
        return fibers.carrier(thread);
    }

    StopReason run(long timeLimit, long eventLimit) {
        return loop.run(timeLimit, eventLimit, complaints);
    }

    void close() {
        fibers.close();
    }

    // under a controller

    /** Runs an event's code on a fiber of its own until it stops at a step or ends. */
    void fire(Controlled event, boolean first) {
        loop.beat();
        if (first) {
            event.fiber = fibers.fiber("event", () -> interrupts.run(event.cpu, event.kind, event.target, event.arg));
        }
        current = interrupts.context(event.cpu);
        try {
            event.fiber.resume();
        } finally {
            current = boot;
        }
    }

    /** The running context stops at a step; whoever resumes it puts {@link #current} back. */
    void pause() {
        fibers.suspend();
    }

    /** The running stack, to be shown later if anything comes of it; empty in executions of an exploration that nobody is told about. */
    List<StackTraces.Frame> stack() {
        return controller == null || controller.narrates() ? StackTraces.capture() : List.of();
    }

    /** State of the kernel's own that contexts share; a branch in an ordinary run. */
    void touch(int object, String field, boolean write) {
        if (controller != null) {
            controller.touch(object, field, write);
        }
    }

    /** A number for something that contexts share, by which steps name it; 0 in an ordinary run. */
    int object() {
        return controller == null ? 0 : controller.object();
    }

    // tasks

    SimTask spawn(String comm, int cpu, Runnable body) {
        if (cpu < 0 || cpu >= cpus()) {
            throw new IllegalArgumentException("cpu " + cpu + " of a machine with " + cpus());
        }
        SimTask task = tasks.create(comm, cpu, body);
        schedule(task, now());
        return task;
    }

    void resume(SimTask task) {
        if (task.isDone()) {
            return;
        }
        loop.beat();
        current = task.context;
        task.switches++;
        task.runnable = true;
        queue.cancel(task.wakeEvent);
        queue.cancel(task.timeoutEvent);
        try {
            task.fiber.resume();
        } catch (ModelFailure e) {
            throw e;
        } catch (RuntimeException | Error e) {
            throw new ModelFailure(task.context.where(), now(), e);
        } finally {
            current = boot;
        }
    }

    /** What ran on the interrupt side has returned. */
    void nobodyRuns() {
        current = boot;
    }

    /** Gives the CPU up until {@link #wake}. */
    void block(SimTask task, WaitTarget target, boolean uninterruptible) {
        task.waitingFor = target;
        task.uninterruptible = uninterruptible;
        complaints.blocked(task);
        if (uninterruptible) {
            task.blockedAt = stack();
            tasks.blocked(task);
        }
        suspend(task);
        task.waitingFor = null;
        task.uninterruptible = false;
        if (uninterruptible) {
            tasks.unblocked(task);
        }
    }

    /** Makes a blocked task run again at this instant, behind what is due already. No-op if it runs or will. */
    void wake(SimTask task) {
        if (!task.runnable && !task.isDone()) {
            task.runnable = true;
            task.wakeEvent = schedule(task, now());
        }
    }

    /** Blocks until {@link #wake} or for {@code ticks}; the caller finds out which. */
    void blockFor(SimTask task, WaitTarget target, long ticks) {
        task.timeoutEvent = schedule(task, lattice.expiry(now() + task.context.debt, ticks));
        block(task, target, true);
    }

    void sleepUntil(SimTask task, long time) {
        task.timeoutEvent = schedule(task, Math.max(time, now()));
        suspend(task);
    }

    private void suspend(SimTask task) {
        task.runnable = false;
        if (controller != null) {
            controller.sleeps(task);
        }
        if (task.onSleep != null) {
            task.onSleep.run();
        }
        giveUp(task);
    }

    private void giveUp(SimTask task) {
        task.context.debt = 0;
        task.context.taken = 0;
        if (controller != null && controller.goesOn()) {
            task.runnable = true;
        } else {
            fibers.suspend();
        }
    }

    private long schedule(SimTask task, long time) {
        loop.noteWhoSchedules();
        return queue.schedule(time, TASK_PRIORITY, task.cpu() << 2 | TASK_PRIORITY, task, 0);
    }

    /** The running task, about to sleep; a caller that must not is reported, and a caller that cannot is refused. */
    SimTask sleepingCaller(String function) {
        Context context = current;
        if (context.mustNotSleep() && context != boot) {
            complaints.sleepInAtomic(context, function);
        }
        if (context.task == null) {
            throw new IllegalStateException(function + " outside task context: nothing here can sleep");
        }
        return context.task;
    }

    /** The same for one that only sleeps: null in interrupt context, where the call has been reported and can be skipped. */
    SimTask sleeper(String function) {
        Context context = current;
        if (context.task == null && context != boot) {
            complaints.sleepInAtomic(context, function);
            return null;
        }
        return sleepingCaller(function);
    }

    static long saturated(long now, long delay) {
        return delay > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + delay;
    }

    // CPU time

    /** Charges CPU time to the running context. */
    void spend(long nanos) {
        Context context = current;
        context.debt += nanos;
        if (context.debt >= LUMP_NANOS && context.task != null) {
            moveOn(context);
        }
    }

    /** Preempted, not asleep: the task stays runnable, and nobody takes over for it. */
    private void moveOn(Context context) {
        if (controller == null && context.topSpin() == null) {
            schedule(context.task, now() + context.debt);
            giveUp(context.task);
        }
    }

    // events

    int cpus() {
        return interrupts.cpus();
    }

    /** @param kind context the target runs in; not that of tasks */
    long at(long timeNanos, ContextKind kind, int cpu, EventTarget target, long arg) {
        loop.noteWhoSchedules();
        int priority = kind.ordinal();
        return queue.schedule(timeNanos, priority, cpu << 2 | priority, target, arg);
    }

    boolean cancel(long handle) {
        return queue.cancel(handle);
    }
}
