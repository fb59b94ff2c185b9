package io.dmalab.api.kernel;

/**
 * Read-copy-update (kernel/rcu/tree.c, v6.14): who reads what somebody else is about to take away, and how long that one has to wait.
 *
 * <p>A read section is what lies between {@link #readLock} and {@link #readUnlock}, a softirq, timer or interrupt, and what runs with a
 * spin lock held. On a kernel without preemption it is besides all that a task does between two sleeps: there a grace period is over when
 * every CPU has been through the scheduler.
 *
 * <p>In a run code is atomic between two sleeps, so that a grace period never meets a section and is a time. When interleavings are
 * searched it ends when every section that had begun before it has ended, and never before that time.
 */
public interface Rcu {
    /** rcu_read_lock(): a section begins; sections nest. Any context; must not sleep until it has ended. */
    void readLock();

    /** rcu_read_unlock(). @throws IllegalStateException without a section */
    void readUnlock();

    /**
     * synchronize_rcu(): returns when every section that had begun has ended. Task context; sleeps.
     *
     * @param nanos what the grace period takes, at least 1
     */
    void synchronize(long nanos);
}
