package io.dmalab.api.kernel;

/** Makes the machine's locks. The name is the lock class that reports show, e.g. {@code "&pool->lock"}. */
public interface Locks {
    SpinLock spin(String name);

    Mutex mutex(String name);

    RwSemaphore rwSemaphore(String name);

    Completion completion(String name);
}
