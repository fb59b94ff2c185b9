package io.dmalab.platform.pseries.policy;

import io.dmalab.api.config.Span;
import io.dmalab.api.kernel.Clock;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.policy.TableRelease;
import io.dmalab.api.policy.Verdict;

/**
 * The loop that the seed's first hunk puts into iommu_table_free (arch/powerpc/kernel/iommu.c, patch of 13 February 2025; facts:
 * iommu-table.md 14): says that it waits, sleeps, looks at the time, looks at the table. Each table waits by itself, and is freed in the
 * end whatever is still mapped.
 */
final class TableDrainWait {
    private final DrainOptions options;
    private final String waiting;
    private final String givenUp;

    TableDrainWait(DrainOptions options) {
        this.options = options;
        this.waiting = ": Unexpected TCEs, wait for " + compact(options.interval());
        this.givenUp = ": TCEs still mapped even after " + options.cap().nanos() / 1_000_000_000L + " seconds";
    }

    /** Task context; sleeps. */
    Verdict release(TableRelease table) {
        Kernel kernel = table.kernel();
        Clock clock = kernel.clock();
        long start = clock.jiffies();
        while (table.inUse()) {
            kernel.printk().info(table.function() + waiting);
            kernel.metrics().counter(Metrics.POLL_ROUNDS).increment();
            kernel.sched().msleep(options.interval().nanos() / 1_000_000L);
            // low words, as the patch has it: safe when the counter wraps five minutes after boot
            int seconds = ((int) clock.jiffies() - (int) start) / clock.hz();
            if (!options.cap().isForever() && seconds >= options.cap().nanos() / 1_000_000_000L) {
                kernel.printk().warn(table.function() + givenUp);
                break;
            }
        }
        return Verdict.PROCEED;
    }

    /** Without the blank between number and unit. */
    private static String compact(Span span) {
        return span.toString().replace(" ", "");
    }
}
