package io.dmalab.core.kernel;

import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.Task;
import io.dmalab.core.fiber.Fiber;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A task (struct task_struct): a fiber with a context. Tasks do not migrate and have no priorities. */
final class SimTask implements Task, WaitTarget {
    /** TASK_COMM_LEN without the terminating zero. */
    private static final int COMM_MAX = 15;

    final Context context;
    private final SimScheduler sched;
    private final int pid;
    private final String comm;
    private final String name;
    private final List<SimTask> joiners = new ArrayList<>();
    Fiber fiber;
    /** The task under an exploring scheduler; null in an ordinary run. */
    Controlled controlled;
    /** What it waits for without a time limit of its own; null if it does not, or sleeps for a time. */
    WaitTarget waitingFor;
    /** The wait is uninterruptible: what the hung-task detector looks at. */
    boolean uninterruptible;
    /** The task runs, or an event that makes it run is pending at this instant. */
    boolean runnable = true;
    /** When an uninterruptible wait began. */
    long blockedSince;
    /** Where an uninterruptible wait began. */
    List<StackTraces.Frame> blockedAt = List.of();
    /** Pending events that resume it; cancelled when one of them does. */
    long wakeEvent = -1;
    long timeoutEvent = -1;
    /** Times it was given the CPU. */
    long switches;
    /** Told whenever the task gives up the CPU; null if nobody wants to know. */
    Runnable onSleep;
    private final int number;
    private boolean done;

    SimTask(SimScheduler sched, int pid, String comm, int cpu) {
        this.sched = sched;
        this.pid = pid;
        this.comm = comm.length() > COMM_MAX ? comm.substring(0, COMM_MAX) : comm;
        this.name = this.comm + ":" + pid;
        this.context = new Context(this, ContextKind.TASK, cpu);
        this.number = sched.object();
    }

    @Override
    public int pid() {
        return pid;
    }

    @Override
    public String comm() {
        return comm;
    }

    @Override
    public int cpu() {
        return context.cpu;
    }

    @Override
    public boolean isDone() {
        return done;
    }

    /** wait4: an interruptible wait, so the hung-task detector leaves it alone. */
    @Override
    public void join() {
        sched.touch(number, "exit", false);
        while (!done) {
            SimTask waiter = sched.sleepingCaller("wait4");
            joiners.add(waiter);
            sched.block(waiter, this, false);
        }
    }

    void ended() {
        sched.touch(number, "exit", true);
        done = true;
        for (SimTask joiner : joiners) {
            sched.wake(joiner);
        }
        joiners.clear();
    }

    @Override
    public String describe() {
        return "the end of " + name;
    }

    @Override
    public void blockers(SimTask waiter, Consumer<SimTask> sink) {
        sink.accept(this);
    }

    @Override
    public String toString() {
        return name;
    }
}
