package io.dmalab.core.kernel;

import io.dmalab.api.kernel.Completion;
import io.dmalab.api.kernel.Locks;
import io.dmalab.api.kernel.Mutex;
import io.dmalab.api.kernel.RwSemaphore;
import io.dmalab.api.kernel.SpinLock;
import java.util.function.BooleanSupplier;

/** Makes locks that know their machine's scheduler and lock-order validator. */
final class SimLocks implements Locks {
    private final SimScheduler sched;
    private final Lockdep lockdep;
    private final Complaints complaints;

    SimLocks(SimScheduler sched, Lockdep lockdep, Complaints complaints) {
        this.sched = sched;
        this.lockdep = lockdep;
        this.complaints = complaints;
    }

    @Override
    public SpinLock spin(String name) {
        return sched.controller == null ? new Spin(name) : new ExploredSpin(name);
    }

    @Override
    public Mutex mutex(String name) {
        return new SimMutex(sched, lockdep, name);
    }

    @Override
    public RwSemaphore rwSemaphore(String name) {
        return new SimRwSemaphore(sched, lockdep, name);
    }

    @Override
    public Completion completion(String name) {
        return new SimCompletion(sched, name);
    }

    /** kernel/locking/spinlock.c. Contention cannot occur while holders run to completion; a holder that sleeps or died is a lockup. */
    private class Spin extends Context.HeldSpin implements SpinLock {
        private final String name;
        /** The one of {@link SimLocks}, at hand. */
        private final SimScheduler sched = SimLocks.this.sched;

        Spin(String name) {
            super(lockdep.lockClass(name));
            this.name = name;
        }

        @Override
        public void lock() {
            if (soleOf == sched.current && !taken) {
                taken = true;
            } else {
                lockSlowly();
            }
        }

        private void lockSlowly() {
            if (taken) {
                // reported, then taken over: a machine that spins for ever shows nothing more
                complaints.spinsForEver(name, owner);
                owner.pop(this);
            }
            take(sched.current);
        }

        @Override
        public boolean tryLock() {
            if (taken) {
                return false;
            }
            take(sched.current);
            return true;
        }

        private void take(Context context) {
            Context.HeldSpin top = context.topSpin();
            if (top != null || context.sleepingLocks() > 0) {
                lockdep.acquiring(context, lockClass);
            }
            context.push(this, top);
        }

        @Override
        public void unlock() {
            if (soleOf != null) {
                // nothing has been taken since, so nothing else is to be noted, whoever releases it
                taken = false;
            } else if (taken) {
                owner.pop(this);
            }
        }
    }

    /** A spin lock of an exploring run: to be had only while it is free, and a step that others meet. */
    private final class ExploredSpin extends Spin {
        private final String name;
        private final int number = sched.object();
        private final BooleanSupplier free = () -> !taken;

        ExploredSpin(String name) {
            super(name);
            this.name = name;
        }

        @Override
        public void lock() {
            sched.controller.acquire(number, name, free);
            super.lock();
        }

        @Override
        public boolean tryLock() {
            sched.touch(number, "lock", true);
            return super.tryLock();
        }

        @Override
        public void unlock() {
            sched.controller.release(number);
            super.unlock();
        }
    }
}
