package io.dmalab.core.kernel;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.kernel.Choice;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.EventTarget;
import io.dmalab.api.kernel.KernelOops;
import io.dmalab.api.kernel.RandomStream;
import io.dmalab.api.kernel.Scheduler;
import io.dmalab.api.kernel.Task;
import io.dmalab.core.fiber.Fibers;
import io.dmalab.core.time.EventQueue;
import io.dmalab.core.time.TimingWheel;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Contexts and their order (kernel/sched/core.c, kernel/softirq.c, v6.14). One event queue with the total order time, context kind,
 * sequence; code runs to completion at one instant unless a task sleeps. Left out: time slices, priorities, and a CPU's interrupts
 * delaying its tasks: CPUs only order what runs at one instant. CPU time that code spends shows in the time stamps of its own context.
 */
final class SimScheduler implements Scheduler {
    /** CPU time a task may accumulate before the clock moves on under it. */
    private static final long LUMP_NANOS = 50_000;
    /** How often an ordinary run looks whether there is something to choose. */
    private static final long CHOOSE_NANOS = 1_000_000;
    private static final int TASK_PRIORITY = ContextKind.TASK.ordinal();
    private static final ContextKind[] KINDS = ContextKind.values();
    /** Pids below are those of boot. */
    private static final int FIRST_PID = 1001;
    /** Events before the limit in which is noted who schedules what. */
    private static final int LAST_EVENTS = 256;
    private static final VarHandle BEATS = beatsHandle();

    /** What is running; between events the boot context. */
    Context current;

    /** Set in an exploring run only. */
    final Controller controller;
    private final EventQueue queue;
    private final Fibers fibers = Fibers.create();
    private final TimerLattice lattice;
    private final boolean extraTick;
    private final Context[] interrupts;
    private final long[] interruptStamp;
    private final Context boot = new Context(null, ContextKind.TASK, 0);
    private final Tasks tasks;
    private Complaints complaints;
    private Runnable afterEvent;
    private Supplier<RandomStream> choices;
    private long events;
    /** From this event on {@link #lastScheduled} is filled. */
    private long notesFrom = Long.MAX_VALUE;
    private final List<StackTraceElement[]> lastScheduled = new ArrayList<>();
    /** Events and switches: for other threads, which see by it that the machine goes on. */
    private long beats;
    private int nextPid = FIRST_PID;

    SimScheduler(KernelConfig config) {
        this(config, null);
    }

    /** @param controller schedules instead of time; null in an ordinary run */
    SimScheduler(KernelConfig config, Controller controller) {
        this.controller = controller;
        this.queue = controller == null ? new TimingWheel() : controller;
        this.lattice = new TimerLattice(config.hz(), config.exactTimers());
        this.extraTick = config.profile().msleepExtraTick();
        this.interrupts = new Context[config.cpus()];
        this.interruptStamp = new long[config.cpus()];
        for (int cpu = 0; cpu < interrupts.length; cpu++) {
            interrupts[cpu] = new Context(null, ContextKind.SOFTIRQ, cpu);
        }
        this.current = boot;
        this.tasks = new Tasks(this);
    }

    void complaints(Complaints value) {
        complaints = value;
        tasks.complaints(value);
    }

    /** Runs {@code check} after every event. */
    void afterEvent(Runnable check) {
        afterEvent = check;
    }

    /** What choices of an ordinary run are drawn from. */
    void choices(Supplier<RandomStream> stream) {
        choices = stream;
    }

    Tasks tasks() {
        return tasks;
    }

    TimerLattice lattice() {
        return lattice;
    }

    long now() {
        return queue.now();
    }

    long events() {
        return events;
    }

    private static VarHandle beatsHandle() {
        try {
            return MethodHandles.lookup().findVarHandle(SimScheduler.class, "beats", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private void beat() {
        BEATS.setOpaque(this, beats + 1);
    }

    long beats() {
        return (long) BEATS.getOpaque(this);
    }

    Thread carrier(Thread loop) {
        return fibers.carrier(loop);
    }

    List<StackTraceElement[]> lastScheduled() {
        return List.copyOf(lastScheduled);
    }

    /** Near the limit only, where a loop of events is likely: whoever schedules is what goes round. */
    private void noteWhoSchedules() {
        if (events >= notesFrom && lastScheduled.size() < LAST_EVENTS) {
            lastScheduled.add(new Throwable().getStackTrace());
        }
    }

    // the loop

    StopReason run(long timeLimit, long eventLimit) {
        notesFrom = eventLimit - LAST_EVENTS;
        while (queue.poll()) {
            beat();
            if (queue.now() > timeLimit) {
                return StopReason.TIME_LIMIT;
            }
            if (events++ >= eventLimit) {
                return StopReason.EVENT_LIMIT;
            }
            int word = queue.ctx();
            try {
                if (queue.target() instanceof SimTask task) {
                    resume(task);
                } else {
                    interrupt(word >> 2, KINDS[word & 3], (EventTarget) queue.target(), queue.arg());
                }
            } catch (KernelOops oops) {
                complaints.panic();
                return StopReason.PANIC;
            }
            if (afterEvent != null) {
                afterEvent.run();
            }
        }
        return StopReason.IDLE;
    }

    void close() {
        fibers.close();
    }

    // under a controller

    /** Runs an event's code on a fiber of its own until it stops at a step or ends. */
    void fire(Controlled event, boolean first) {
        beat();
        if (first) {
            event.fiber = fibers.fiber("event", () -> interrupt(event.cpu, event.kind, event.target, event.arg));
        }
        current = interrupts[event.cpu];
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

    private void interrupt(int cpu, ContextKind kind, EventTarget target, long arg) {
        Context context = interrupts[cpu];
        catchUp(context, cpu);
        context.kind = kind;
        current = context;
        try {
            switch (kind) {
                case SOFTIRQ -> softirq(target, arg);
                case TIMER -> timer(target, arg);
                default -> target.fire(arg);
            }
        } catch (KernelOops oops) {
            throw oops;
        } catch (RuntimeException | Error e) {
            throw new ModelFailure(context.where(), now(), e);
        } finally {
            context.function = "";
            current = boot;
        }
    }

    @KernelFunction("handle_softirqs")
    private static void softirq(EventTarget target, long arg) {
        target.fire(arg);
    }

    @KernelFunction("run_timer_softirq")
    private static void timer(EventTarget target, long arg) {
        target.fire(arg);
    }

    /** CPU time spent in earlier interrupts is worked off by the time that has passed since. */
    private void catchUp(Context context, int cpu) {
        long passed = now() - interruptStamp[cpu];
        interruptStamp[cpu] = now();
        if (context.debt != 0) {
            context.debt = Math.max(0, context.debt - passed);
            context.taken = Math.min(context.taken, context.debt);
        }
    }

    void resume(SimTask task) {
        if (task.isDone()) {
            return;
        }
        beat();
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

    // tasks

    @Override
    public Task spawn(String comm, int cpu, Runnable body) {
        return spawn(comm, cpu, 0, body);
    }

    SimTask spawn(String comm, int cpu, long delayNanos, Runnable body) {
        if (cpu < 0 || cpu >= interrupts.length) {
            throw new IllegalArgumentException("cpu " + cpu + " of a machine with " + interrupts.length);
        }
        SimTask task = new SimTask(this, nextPid++, comm, cpu);
        task.fiber = fibers.fiber(task.toString(), () -> run(task, body));
        tasks.add(task);
        schedule(task, now() + delayNanos);
        return task;
    }

    /** An oops kills the task that runs into it, with whatever locks it holds. */
    private void run(SimTask task, Runnable body) {
        try {
            body.run();
        } catch (KernelOops oops) {
            complaints.taskDied(task);
        }
        tasks.remove(task);
        task.ended();
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

    /** True in interrupt context, where a sleeping call has been reported and can only be skipped. */
    private boolean cannotSleep(String function) {
        if (current.task != null) {
            return false;
        }
        if (current != boot) {
            complaints.sleepInAtomic(current, function);
            return true;
        }
        throw new IllegalStateException(function + " outside task context: nothing here can sleep");
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

    private void sleepUntil(SimTask task, long time) {
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
        noteWhoSchedules();
        return queue.schedule(time, TASK_PRIORITY, task.cpu() << 2 | TASK_PRIORITY, task, 0);
    }

    @Override
    @KernelFunction("msleep")
    public void msleep(long milliseconds) {
        if (cannotSleep("msleep")) {
            return;
        }
        SimTask task = sleepingCaller("msleep");
        sleepUntil(task, lattice.msleepExpiry(now() + task.context.debt, milliseconds, extraTick));
    }

    @Override
    @KernelFunction("schedule_timeout_uninterruptible")
    public void sleepJiffies(long jiffies) {
        if (cannotSleep("schedule_timeout")) {
            return;
        }
        SimTask task = sleepingCaller("schedule_timeout");
        sleepUntil(task, lattice.expiry(now() + task.context.debt, jiffies));
    }

    @Override
    @KernelFunction("usleep_range_state")
    public void sleepNanos(long nanos) {
        if (cannotSleep("usleep_range")) {
            return;
        }
        SimTask task = sleepingCaller("usleep_range");
        sleepUntil(task, saturated(now() + task.context.debt, nanos));
    }

    @Override
    public Choice.Move choose(String what, Choice choice) {
        if (current.task == null) {
            throw new IllegalStateException("choose(" + what + ") outside task context");
        }
        if (controller != null) {
            return controller.choose(current.task, what, choice);
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
        if (controller != null) {
            controller.point(what);
        }
    }

    static long saturated(long now, long delay) {
        return delay > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + delay;
    }

    // CPU time

    @Override
    public void spend(long nanos) {
        Context context = current;
        context.debt += nanos;
        if (context.debt >= LUMP_NANOS && controller == null && context.task != null && context.topSpin() == null) {
            // preempted, not asleep: it stays runnable, and nobody takes over for it
            schedule(context.task, now() + context.debt);
            giveUp(context.task);
        }
    }

    @Override
    public long takeDebt() {
        Context context = current;
        long fresh = context.debt - context.taken;
        context.taken = context.debt;
        return fresh;
    }

    // contexts and events

    @Override
    public ContextKind context() {
        return current.kind;
    }

    @Override
    public int cpu() {
        return current.cpu;
    }

    @Override
    public int cpus() {
        return interrupts.length;
    }

    @Override
    public Task current() {
        if (current.task == null) {
            throw new IllegalStateException("no task is running, but " + current.name());
        }
        return current.task;
    }

    @Override
    public boolean inAtomic() {
        return current.mustNotSleep();
    }

    @Override
    public long at(long timeNanos, ContextKind kind, int cpu, EventTarget target, long arg) {
        if (kind == ContextKind.TASK) {
            throw new IllegalArgumentException("tasks are spawned, not scheduled");
        }
        noteWhoSchedules();
        int priority = kind.ordinal();
        return queue.schedule(timeNanos, priority, cpu << 2 | priority, target, arg);
    }

    @Override
    public boolean cancel(long handle) {
        return queue.cancel(handle);
    }
}
