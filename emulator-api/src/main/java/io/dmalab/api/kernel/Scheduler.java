package io.dmalab.api.kernel;

/**
 * Contexts, tasks and raw events of one machine (kernel/sched, kernel/softirq.c).
 *
 * <p>Code runs to completion at one instant; only a task may give up the CPU, by the sleeping calls below or by a sleeping lock. A
 * sleeping call in atomic context (irq, timer or softirq, or with a spin lock held) is a finding.
 */
public interface Scheduler {
    /** Kind of the context that is running now. */
    ContextKind context();

    /** CPU of the context that is running now. */
    int cpu();

    /** Number of CPUs. */
    int cpus();

    /** The running task. @throws IllegalStateException outside task context */
    Task current();

    /** True if the running context must not sleep. */
    boolean inAtomic();

    /** Starts a task at the current instant. Any context. */
    Task spawn(String comm, int cpu, Runnable body);

    /** Sleeps at least {@code milliseconds}, as msleep does: ticks rounded up, plus the timer wheel's rounding. Task context. */
    void msleep(long milliseconds);

    /** Sleeps for {@code jiffies} ticks through the timer wheel (schedule_timeout_uninterruptible). Task context. */
    void sleepJiffies(long jiffies);

    /** Sleeps exactly {@code nanos} (a high-resolution timer: usleep_range, nanosleep). Task context. */
    void sleepNanos(long nanos);

    /**
     * Stops where one of several things is done next, and says which. An exploring run tries each of them, and takes it that nothing the
     * caller has read before matters any more. An ordinary run draws one, and looks again every millisecond as long as there is none. Task
     * context.
     *
     * @param what the place in the code, for reports
     */
    Choice.Move choose(String what, Choice choice);

    /** Stops so that others can come in between: a scheduling point of every exploring run, nothing in an ordinary one. */
    void point(String what);

    /**
     * Charges CPU time to the running context. Time is charged in lumps: up to a lump's size the context stays atomic and only its
     * log time stamps advance; after that a task lets the clock move on. In atomic context the debt is left for whoever reads
     * {@link #takeDebt()}.
     */
    void spend(long nanos);

    /** Takes and clears the CPU time that atomic context has spent on this CPU since the last call; NAPI adds it to its next poll. */
    long takeDebt();

    /**
     * Schedules {@code target} at an absolute time, which must not be in the past.
     *
     * @param kind context the target runs in; not {@link ContextKind#TASK}
     * @return handle for {@link #cancel}
     */
    long at(long timeNanos, ContextKind kind, int cpu, EventTarget target, long arg);

    /** Cancels an event; false if it has fired or was cancelled before. */
    boolean cancel(long handle);
}
