package io.dmalab.core.kernel;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.kernel.Mutex;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/** A mutex (kernel/locking/mutex.c, v6.14), handed over in order of arrival. Left out: optimistic spinning and the hand-off bit. */
final class SimMutex extends SleepingLock implements Mutex {
    private final ArrayDeque<SimTask> waiters = new ArrayDeque<>();
    private SimTask owner;

    SimMutex(SimScheduler sched, Lockdep lockdep, String name) {
        super(sched, lockdep, name);
    }

    @Override
    @KernelFunction("mutex_lock")
    public void lock() {
        SimTask task = taker("mutex_lock");
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
