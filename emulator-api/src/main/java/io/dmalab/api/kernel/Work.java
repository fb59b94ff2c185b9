package io.dmalab.api.kernel;

/** A work item (struct work_struct / delayed_work). At most once pending at any moment; runs in a kworker, in task context. */
public interface Work {
    /** Name of the kernel function, shown in the worker's {@code Workqueue:} line. */
    String function();

    /** Queues it on the given CPU's worker at once; false if it was pending already. Any context. */
    boolean queue(int cpu);

    /** Arms it after {@code jiffies} (timer wheel rounding); false if it was pending already. Any context. */
    boolean queueDelayed(int cpu, long jiffies);

    boolean pending();

    /** Cancels it, and waits for the running instance to end. True if it was pending. Task context. */
    boolean cancelSync();
}
