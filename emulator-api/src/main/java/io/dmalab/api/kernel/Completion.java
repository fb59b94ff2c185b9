package io.dmalab.api.kernel;

/** A one-shot or counted event that tasks wait for (include/linux/completion.h). */
public interface Completion {
    /** Wakes one waiter, now or later. Any context. */
    void complete();

    /** Wakes all waiters, present and future. Any context. */
    void completeAll();

    /** Forgets earlier completions. */
    void reinit();

    /** Task context. */
    void await();

    /**
     * Waits as a process waits for input: in an interruptible sleep, which the hung-task detector leaves alone however long it lasts
     * (wait_for_completion_interruptible; signals themselves are not modelled). Task context.
     */
    void awaitInterruptible();

    /** Waits at most {@code jiffies}; false on timeout. Task context. */
    boolean awaitJiffies(long jiffies);
}
