package io.dmalab.platform.pseries.policy;

import io.dmalab.api.config.Span;
import io.dmalab.api.kernel.Clock;
import io.dmalab.api.kernel.Counter;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.policy.TableRelease;

/**
 * The loop that the seed's first hunk puts into iommu_table_free (arch/powerpc/kernel/iommu.c, patch of 13 February 2025; facts:
 * iommu-table.md 14): says that it waits, sleeps, looks at the time, looks at the table. Each table waits by itself. What is done at the
 * end of the wait is the policy's to say; the seed frees the table whatever is still mapped.
 */
final class TableDrainWait {
    private final Span interval;
    private final Span cap;
    private final int looks;
    /** Explorations know of the looks so far. */
    private boolean told;
    private final String waiting;
    private final String givenUp;

    TableDrainWait(DrainOptions options) {
        this(options.interval(), options.cap(), options.looks());
    }

    TableDrainWait(Span interval, Span cap) {
        this(interval, cap, 0);
    }

    private TableDrainWait(Span interval, Span cap, int looks) {
        this.interval = interval;
        this.cap = cap;
        this.looks = looks;
        this.waiting = ": Unexpected TCEs, wait for " + compact(interval);
        this.givenUp = givenUp(cap);
    }

    /** Task context; sleeps. True if the table is empty, false if the wait was given up. */
    boolean drained(TableRelease table) {
        Kernel kernel = table.kernel();
        Clock clock = kernel.clock();
        Counter rounds = kernel.metrics().counter(Metrics.POLL_ROUNDS);
        if (!told) {
            told = true;
            kernel.memory().state(into -> into.value(rounds.value()));
        }
        long start = clock.jiffies();
        for (int looked = 1; table.inUse(); looked++) {
            kernel.printk().info(table.function() + waiting);
            rounds.increment();
            kernel.sched().msleep(interval.nanos() / 1_000_000L);
            // low words, as the patch has it: safe when the counter wraps five minutes after boot
            int seconds = ((int) clock.jiffies() - (int) start) / clock.hz();
            boolean late = !cap.isForever() && seconds >= cap.nanos() / 1_000_000_000L;
            if (late || looked == looks) {
                kernel.printk().warn(table.function() + givenUp);
                return false;
            }
        }
        return true;
    }

    /** What is said of a table that is given up, after the name of the function. */
    static String givenUp(Span cap) {
        return ": TCEs still mapped even after " + cap.nanos() / 1_000_000_000L + " seconds";
    }

    /** Without the blank between number and unit. */
    private static String compact(Span span) {
        return span.toString().replace(" ", "");
    }
}
