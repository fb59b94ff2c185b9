package io.dmalab.api.kernel;

/** A workqueue (kernel/workqueue.c): per-CPU workers named {@code kworker/CPU:N}; another worker takes over while one sleeps. */
public interface Workqueue {
    /** Name as shown in reports, e.g. {@code events}. */
    String name();

    /** @param function kernel name of the work function; {@code body} itself bears the {@link io.dmalab.api.KernelFunction} */
    Work work(String function, Runnable body);
}
