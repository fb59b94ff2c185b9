package io.dmalab.api.kernel;

/** A sleeping lock (include/linux/mutex.h), first come first served. Task context only. */
public interface Mutex {
    void lock();

    boolean tryLock();

    void unlock();

    boolean isLocked();
}
