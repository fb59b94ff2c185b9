package io.dmalab.core.kernel;

import io.dmalab.api.kernel.Clock;

/** The machine's clock as kernel code reads it. */
final class SimClock implements Clock {
    private final SimScheduler sched;
    private final int hz;

    SimClock(SimScheduler sched, int hz) {
        this.sched = sched;
        this.hz = hz;
    }

    @Override
    public long now() {
        return sched.now();
    }

    @Override
    public int hz() {
        return hz;
    }

    @Override
    public long jiffies() {
        return sched.lattice().jiffies(sched.now());
    }
}
