package io.dmalab.api.kernel;

/** A process or kernel thread of the machine. */
public interface Task {
    int pid();

    /** Name as in {@code ps}, at most 15 characters as the kernel keeps them. */
    String comm();

    /** The CPU it runs on; tasks do not migrate. */
    int cpu();

    boolean isDone();

    /** Blocks the calling task until this one has ended. */
    void join();
}
