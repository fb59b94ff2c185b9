package io.dmalab.netstack;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.kernel.Clock;
import io.dmalab.api.kernel.Counter;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.kernel.Mutex;

/** The lock of the network configuration (net/core/rtnetlink.c, v6.14), and for how long it was held at most. */
final class Rtnl implements Mutex {
    private final Clock clock;
    private final Mutex mutex;
    private final Counter held;
    private long since;

    Rtnl(Kernel kernel) {
        this.clock = kernel.clock();
        this.mutex = kernel.locks().mutex("rtnl_mutex");
        this.held = kernel.metrics().counter(Metrics.RTNL_HELD_MAX_US);
        kernel.metrics().atEnd(() -> {
            if (isLocked()) {
                note();
            }
        });
    }

    @Override
    @KernelFunction("rtnl_lock")
    public void lock() {
        mutex.lock();
        since = clock.now();
    }

    @Override
    public boolean tryLock() {
        boolean locked = mutex.tryLock();
        if (locked) {
            since = clock.now();
        }
        return locked;
    }

    @Override
    public void unlock() {
        note();
        mutex.unlock();
    }

    @Override
    public boolean isLocked() {
        return mutex.isLocked();
    }

    private void note() {
        held.max((clock.now() - since) / 1000);
    }
}
