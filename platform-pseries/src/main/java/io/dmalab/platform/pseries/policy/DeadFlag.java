package io.dmalab.platform.pseries.policy;

import io.dmalab.api.config.Span;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.policy.TableGuard;
import io.dmalab.api.policy.TableRelease;
import io.dmalab.api.policy.Verdict;

/** A flag in the table that each unmap looks at before it makes a hypercall. */
final class DeadFlag implements TableGuard {
    private final HotPath cost;

    DeadFlag(Kernel kernel) {
        cost = new HotPath(kernel, HotPath.FLAG_TEST_NANOS);
    }

    /** The test of the flag. What follows from it is the table's own. */
    @Override
    public boolean unmapping(long entries) {
        cost.charge();
        return true;
    }

    /**
     * Puts up a table's flag and keeps the table, if it is still in use after a grace period. An unmap that has seen the flag down may be
     * about to make its hypercall: that is waited for, so that it finds the window. One that clears the last bit is in the table for some
     * instructions more: after the table was seen empty comes a grace period, in any case. Task context; sleeps.
     */
    static Verdict keep(TableRelease table, Span gracePeriod, boolean reap) {
        table.markDead();
        boolean empty = !table.inUse();
        GracePeriod.await(table.kernel(), gracePeriod);
        if (!empty && !table.inUse()) {
            empty = true;
            GracePeriod.await(table.kernel(), gracePeriod);
        }
        if (empty) {
            return Verdict.PROCEED;
        }
        long used = table.used();
        table.kernel().printk().info(table.function() + ": " + table.subject() + " is dead, kept for " + used + " TCEs still mapped");
        if (reap) {
            table.freeWhenIdle(gracePeriod.nanos());
        }
        return new Verdict.Keep(used + " entries still mapped");
    }
}
