package io.dmalab.platform.pseries.policy;

import io.dmalab.api.config.Option;
import io.dmalab.api.config.Span;
import io.dmalab.api.kernel.Completion;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.policy.DetachStep;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.api.policy.TableGuard;
import io.dmalab.api.policy.TableHandle;
import io.dmalab.api.policy.TableRelease;
import io.dmalab.api.policy.Verdict;
import jakarta.inject.Inject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Policy {@code event-driven} (free-policies.md P3): the unmap that clears the last entry wakes the remover. */
public final class EventDriven implements FreePolicy {
    static final String SUMMARY = "the seed's patch with an event instead of a poll: the last unmap wakes the remover";
    static final String DESCRIPTION = """
            Mechanism  Tables before windows, as the seed's patch. The remover says that it waits, puts up the table's draining flag,
                       looks again whether an entry is in use, and sleeps. Each unmap looks at the flag after it has cleared its bits; if
                       it is up and the table is empty, it wakes the remover, which it may do in any context. After the cap the table is
                       warned about and freed all the same.
            Origin     What Michael Ellerman's review of the seed's v1 asked for: wait for the outstanding packets explicitly, no poll
                       loop (14 October 2024 <87cyk35715.fsf@mail.lhotse>). No patch. Facts: free-policies.md P3.
            Cost       The removal blocks until the last late unmap, up to the cap for each table, and one line in the log. One flag test
                       an unmap. The remover goes on at once, but most late unmaps come from page_pool's retry worker, a second apart.
            Fails by   Buffers that are held longer than the cap: then it is the legacy kernel, only later. Without the second look
                       (recheck: off) the last unmap may come between look and flag: nobody is woken, and the removal waits for the cap
                       with an empty table. log-time widens that gap, as a slow console does.
            """;

    /** Options. */
    public record Options(
            @Option(value = "120s", doc = "when it gives up on a table, or forever") Span cap,
            @Option(value = "on", doc = "looks again after the flag is up; off loses wake-ups") boolean recheck,
            @Option(value = "0s", doc = "time that the line between look and flag takes on the console") Span logTime) {
        public Options {
            if (logTime.isForever()) {
                throw new IllegalArgumentException("a line takes no log-time of forever; use a time such as 5ms");
            }
        }
    }

    private final Options options;
    private final Map<TableHandle, Drain> drains = new LinkedHashMap<>();

    @Inject
    public EventDriven(Options options) {
        this.options = options;
    }

    @Override
    public List<DetachStep> detachPlan() {
        return WaitForDrain.TABLES_FIRST;
    }

    @Override
    public TableGuard guardTable(TableHandle table) {
        Drain drain = new Drain(table);
        drains.put(table, drain);
        return drain;
    }

    @Override
    public Verdict releaseTable(TableRelease table) {
        Drain drain = drains.remove(table);
        if (!table.inUse()) {
            return Verdict.PROCEED;
        }
        Kernel kernel = table.kernel();
        kernel.printk().info(table.function() + ": Unexpected TCEs, waiting for the last one");
        if (options.logTime().nanos() > 0) {
            kernel.sched().sleepNanos(options.logTime().nanos());
        }
        if (!drain.await(options)) {
            kernel.printk().warn(table.function() + TableDrainWait.givenUp(options.cap()));
        }
        return Verdict.PROCEED;
    }

    /** A table's draining flag and whoever waits behind it. */
    private static final class Drain implements TableGuard {
        private final TableHandle table;
        private final HotPath cost;
        private final KernelObject flag;
        private boolean draining;
        private Completion idle;

        Drain(TableHandle table) {
            this.table = table;
            this.cost = new HotPath(table.kernel(), HotPath.FLAG_TEST_NANOS);
            this.flag = table.kernel().memory().global("iommu_table.draining");
        }

        @Override
        public void unmapped(long entries) {
            cost.charge();
            flag.read("draining");
            if (draining && !table.inUse()) {
                idle.complete();
            }
        }

        /** True if the table has become empty. */
        boolean await(Options options) {
            idle = table.kernel().locks().completion("iommu_table idle");
            flag.write("draining");
            draining = true;
            boolean empty = options.recheck() && !table.inUse() || sleep(options.cap());
            flag.write("draining");
            draining = false;
            return empty;
        }

        private boolean sleep(Span cap) {
            if (cap.isForever()) {
                idle.await();
                return true;
            }
            return idle.awaitJiffies(Math.ceilDiv(cap.nanos(), 1_000_000_000L / table.kernel().clock().hz()));
        }
    }
}
