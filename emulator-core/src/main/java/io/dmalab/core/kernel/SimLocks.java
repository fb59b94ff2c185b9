package io.dmalab.core.kernel;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.kernel.Completion;
import io.dmalab.api.kernel.Locks;
import io.dmalab.api.kernel.Mutex;
import io.dmalab.api.kernel.RwSemaphore;
import io.dmalab.api.kernel.SpinLock;
import java.util.ArrayDeque;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

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
        return new SimMutex(name);
    }

    @Override
    public RwSemaphore rwSemaphore(String name) {
        return new SimRwSemaphore(sched, lockdep, name);
    }

    @Override
    public Completion completion(String name) {
        return new SimCompletion(name);
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

    /** kernel/locking/mutex.c, handed over in order of arrival; the optimistic spinning of the kernel's is left out. */
    private final class SimMutex implements Mutex, WaitTarget {
        private final String name;
        private final int lockClass;
        private final ArrayDeque<SimTask> waiters = new ArrayDeque<>();
        private final int number = sched.object();
        private SimTask owner;

        SimMutex(String name) {
            this.name = name;
            this.lockClass = lockdep.lockClass(name);
        }

        @Override
        @KernelFunction("mutex_lock")
        public void lock() {
            SimTask task = sched.sleepingCaller("mutex_lock");
            lockdep.acquiring(task.context, lockClass);
            if (sched.controller != null) {
                sched.controller.acquire(number, name, () -> owner == null);
            }
            if (owner != null) {
                waiters.add(task);
                while (owner != task) {
                    sched.block(task, this, true);
                }
            }
            owner = task;
            task.context.push(lockClass, this);
        }

        @Override
        public boolean tryLock() {
            sched.touch(number, "lock", true);
            if (owner != null) {
                return false;
            }
            SimTask task = sched.sleepingCaller("mutex_trylock");
            owner = task;
            task.context.push(lockClass, this);
            return true;
        }

        @Override
        public void unlock() {
            SimTask task = sched.current.task;
            if (owner == null || owner != task) {
                throw new IllegalStateException("mutex " + name + " unlocked by " + sched.current.name() + ", held by " + owner);
            }
            if (sched.controller != null) {
                sched.controller.release(number);
            }
            task.context.pop(this);
            owner = waiters.poll();
            if (owner != null) {
                sched.wake(owner);
            }
        }

        @Override
        public boolean isLocked() {
            return owner != null;
        }

        @Override
        public String describe() {
            return "mutex " + name;
        }

        @Override
        public void blockers(SimTask waiter, Consumer<SimTask> sink) {
            if (owner != null) {
                sink.accept(owner);
            }
        }
    }

    /** kernel/sched/completion.c. */
    private final class SimCompletion implements Completion, WaitTarget {
        private static final int ALL = Integer.MAX_VALUE;
        private final String name;
        private final ArrayDeque<SimTask> waiters = new ArrayDeque<>();
        private final int number = sched.object();
        private int done;

        SimCompletion(String name) {
            this.name = name;
        }

        @Override
        public void complete() {
            sched.touch(number, "done", true);
            if (done != ALL) {
                done++;
            }
            SimTask first = waiters.peek();
            if (first != null) {
                sched.wake(first);
            }
        }

        @Override
        public void completeAll() {
            sched.touch(number, "done", true);
            done = ALL;
            waiters.forEach(sched::wake);
        }

        @Override
        public void reinit() {
            sched.touch(number, "done", true);
            done = 0;
        }

        @Override
        @KernelFunction("wait_for_completion")
        public void await() {
            SimTask task = sched.sleepingCaller("wait_for_completion");
            sched.touch(number, "done", true);
            waiters.add(task);
            while (done == 0) {
                sched.block(task, this, true);
            }
            finish(task);
        }

        @Override
        @KernelFunction("wait_for_completion_interruptible")
        public void awaitInterruptible() {
            SimTask task = sched.sleepingCaller("wait_for_completion_interruptible");
            sched.touch(number, "done", true);
            waiters.add(task);
            while (done == 0) {
                sched.block(task, this, false);
            }
            finish(task);
        }

        @Override
        @KernelFunction("wait_for_completion_timeout")
        public boolean awaitJiffies(long jiffies) {
            SimTask task = sched.sleepingCaller("wait_for_completion_timeout");
            sched.touch(number, "done", true);
            long deadline = sched.lattice().jiffies(sched.now()) + jiffies;
            waiters.add(task);
            while (done == 0) {
                long left = deadline - sched.lattice().jiffies(sched.now());
                if (left <= 0) {
                    waiters.remove(task);
                    return false;
                }
                sched.blockFor(task, this, left);
            }
            finish(task);
            return true;
        }

        private void finish(SimTask task) {
            waiters.remove(task);
            if (done != ALL) {
                done--;
            }
            SimTask next = waiters.peek();
            if (done > 0 && next != null) {
                sched.wake(next);
            }
        }

        @Override
        public String describe() {
            return "completion " + name;
        }

        /** Anybody may complete it, so a wait for it closes no circle. */
        @Override
        public void blockers(SimTask waiter, Consumer<SimTask> sink) {}
    }
}
