package io.dmalab.api.kernel;

/** A spin lock (include/linux/spinlock.h). Any context; the holder must not sleep. Lock order is checked as lockdep would. */
public interface SpinLock {
    void lock();

    void unlock();

    /** True if it was free and is now held by the caller. */
    boolean tryLock();
}
