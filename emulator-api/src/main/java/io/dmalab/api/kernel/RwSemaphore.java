package io.dmalab.api.kernel;

/**
 * A fair reader/writer semaphore (kernel/locking/rwsem.c): a reader that arrives behind a waiting writer waits too, which is why a second
 * {@link #downRead()} inside a read section can deadlock; that is reported as a finding. Task context only.
 */
public interface RwSemaphore {
    void downRead();

    void upRead();

    void downWrite();

    void upWrite();
}
