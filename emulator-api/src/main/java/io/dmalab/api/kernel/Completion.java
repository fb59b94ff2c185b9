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

    /** Waits at most {@code jiffies}; false on timeout. Task context. */
    boolean awaitJiffies(long jiffies);
}
