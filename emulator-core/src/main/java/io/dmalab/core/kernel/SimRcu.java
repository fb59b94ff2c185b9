package io.dmalab.core.kernel;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.kernel.Rcu;
import io.dmalab.api.kernel.Scheduler;

/** Read-copy-update (kernel/rcu/tree.c, v6.14) as far as sections and the wait for them go. Left out: callbacks, expedited grace periods, stalls. */
final class SimRcu implements Rcu {
    private final SimScheduler sched;
    private final Scheduler calls;

    SimRcu(SimScheduler sched, Scheduler calls) {
        this.sched = sched;
        this.calls = calls;
    }

    @Override
    public void readLock() {
        sched.current.readSections++;
    }

    @Override
    public void readUnlock() {
        if (sched.current.readSections == 0) {
            throw new IllegalStateException("rcu_read_unlock without a section in " + sched.current.name());
        }
        if (--sched.current.readSections == 0) {
            sched.current.readSectionsEnded++;
        }
    }

    @Override
    @KernelFunction("synchronize_rcu")
    public void synchronize(long nanos) {
        if (nanos < 1) {
            throw new IllegalArgumentException("a grace period of " + nanos + " ns");
        }
        if (sched.controller == null) {
            calls.sleepNanos(nanos);
        } else {
            sched.controller.gracePeriod(() -> calls.sleepNanos(nanos));
        }
    }
}
