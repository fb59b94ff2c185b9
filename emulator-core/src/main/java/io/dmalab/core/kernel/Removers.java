package io.dmalab.core.kernel;

import io.dmalab.api.kernel.Metrics;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Who suffers from a removal besides its remover: tasks that wait more than 120 s for a lock which the remover holds, or which somebody
 * holds who waits for the remover. khungtaskd's looks find out who that is: every wait of that length has one in it.
 */
final class Removers {
    /** hung_task_timeout_secs as it is shipped. */
    static final long LONG_NANOS = 120_000_000_000L;

    private final SimScheduler sched;
    private final Set<SimTask> removers = new LinkedHashSet<>();
    private final Set<SimTask> everRemover = new LinkedHashSet<>();
    /** Tasks that wait behind a remover at this moment, as far as somebody has looked. */
    private final Set<SimTask> behind = new LinkedHashSet<>();
    private final Set<SimTask> collateral = new LinkedHashSet<>();
    private long longest;
    private int hung;
    private int innocentHung;

    Removers(SimScheduler sched) {
        this.sched = sched;
    }

    void begin(SimTask task) {
        removers.add(task);
        everRemover.add(task);
    }

    void end(SimTask task) {
        removers.remove(task);
    }

    /** khungtaskd looks at a task in an uninterruptible wait. */
    void look(SimTask task) {
        if (!removers.isEmpty() && !removers.contains(task) && waitsForRemover(task)) {
            behind.add(task);
        }
    }

    /** khungtaskd reports a task. */
    void hung(SimTask task) {
        hung++;
        if (!everRemover.contains(task)) {
            innocentHung++;
        }
    }

    /** An uninterruptible wait is over. */
    void waited(SimTask task) {
        if (behind.remove(task)) {
            note(task, sched.now() - task.blockedSince);
        }
    }

    private void note(SimTask task, long waited) {
        if (waited > LONG_NANOS) {
            collateral.add(task);
            longest = Math.max(longest, waited);
        }
    }

    private boolean waitsForRemover(SimTask task) {
        Set<SimTask> chain = new LinkedHashSet<>();
        ArrayDeque<SimTask> next = new ArrayDeque<>();
        next.add(task);
        while (!next.isEmpty()) {
            SimTask waiter = next.remove();
            if (removers.contains(waiter)) {
                return true;
            }
            if (waiter.waitingFor != null && chain.add(waiter)) {
                waiter.waitingFor.blockers(waiter, next::add);
            }
        }
        return false;
    }

    void count(Metrics metrics) {
        behind.forEach(task -> note(task, sched.now() - task.blockedSince));
        metrics.counter(Metrics.HUNG_TASKS).add(hung);
        metrics.counter(Metrics.INNOCENT_HUNG_TASKS).add(innocentHung);
        metrics.counter(Metrics.COLLATERAL_TASKS).add(collateral.size());
        metrics.counter(Metrics.COLLATERAL_NS).max(longest);
    }
}
