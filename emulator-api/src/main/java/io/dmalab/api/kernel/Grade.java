package io.dmalab.api.kernel;

/** How bad an outcome is (after jcstress). */
public enum Grade {
    /** Use after free, corruption, hang, deadlock: must never happen. */
    FORBIDDEN,
    /** Something a maintainer wants to see, such as a swallowed hypervisor error. */
    INTERESTING,
    /** Noted only. */
    ACCEPTABLE
}
