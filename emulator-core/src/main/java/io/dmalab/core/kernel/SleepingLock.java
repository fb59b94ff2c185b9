package io.dmalab.core.kernel;

/** A lock that whoever wants it may sleep for: what the lock-order validator and an exploration know it by. */
abstract class SleepingLock implements WaitTarget {
    final SimScheduler sched;
    final String name;
    final int lockClass;
    final int number;
    private final Lockdep lockdep;

    SleepingLock(SimScheduler sched, Lockdep lockdep, String name) {
        this.sched = sched;
        this.lockdep = lockdep;
        this.name = name;
        this.lockClass = lockdep.lockClass(name);
        this.number = sched.object();
    }

    /**
     * The task that is about to take it, and is going to wait if need be.
     *
     * @param function of the kernel, for the complaint about a context that must not sleep
     */
    final SimTask taker(String function) {
        SimTask task = sched.sleepingCaller(function);
        lockdep.acquiring(task.context, lockClass);
        return task;
    }
}
