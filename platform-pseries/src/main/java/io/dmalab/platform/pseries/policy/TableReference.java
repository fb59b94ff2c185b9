package io.dmalab.platform.pseries.policy;

import io.dmalab.api.config.Option;
import io.dmalab.api.config.Span;
import io.dmalab.api.policy.DetachStep;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.api.policy.TableGuard;
import io.dmalab.api.policy.TableHandle;
import io.dmalab.api.policy.TableRelease;
import io.dmalab.api.policy.Verdict;
import jakarta.inject.Inject;
import java.util.List;

/** Policy {@code table-reference} (free-policies.md P7c): mappings hold the table they are in. */
public final class TableReference implements FreePolicy {
    static final String SUMMARY = "mappings hold references on their table, and the last unmap has it freed";
    static final String DESCRIPTION = """
            Mechanism  Each mapping takes a reference on its table, or the first one does for all (per: transition), and its unmap drops
                       it. The removal drops the endpoint's own and goes on. An unmap may run in softirq, where a table cannot be freed,
                       so the one that drops the last reference leaves that to a worker, which waits a grace period first: whoever dropped
                       it may be inside the table still. With dead-flag the table is marked dead before its window goes, and a late unmap
                       makes no hypercall; without, it makes one on a window that is gone.
            Origin     A variant made here. Not proposed. Facts: free-policies.md P7c.
            Cost       One atomic operation on a line that all CPUs share for each map and for each unmap; per: transition, only where the
                       table becomes used or empty. The table outlives the removal by as long as the last page is held.
            Fails by   A page that never comes back: its table stays for ever. Without dead-flag: refused hypercalls, and if the window's
                       number is given out again, clearing the entries of another device. A reference alone keeps memory, not meaning.
            """;

    /** What takes a reference. */
    public enum Per { MAPPING, TRANSITION }

    /** Options. */
    public record Options(
            @Option(value = "mapping", doc = "each mapping takes a reference, or the table's transition from empty to used: transition")
                    Per per,
            @Option(value = "on", doc = "marks the table dead before its window goes") boolean deadFlag,
            @Option(value = "20ms", doc = "what synchronize_rcu() takes before window and table go (assumed); 0s leaves it out")
                    Span gracePeriod) {
        public Options {
            GracePeriod.check(gracePeriod);
        }
    }

    private final Options options;

    @Inject
    public TableReference(Options options) {
        this.options = options;
    }

    /** The flag must be up before the windows go; without one the order is the kernel's. */
    @Override
    public List<DetachStep> detachPlan() {
        return options.deadFlag() ? WaitForDrain.TABLES_FIRST : FreePolicy.super.detachPlan();
    }

    /** Who dropped the last reference with its last bit may be inside the table still. */
    @Override
    public Verdict releaseTable(TableRelease table) {
        GracePeriod.await(table.kernel(), options.gracePeriod());
        return FreePolicy.super.releaseTable(table);
    }

    @Override
    public TableGuard guardTable(TableHandle table) {
        return options.per() == Per.MAPPING ? new EachMapping(table, options) : new Transition(table, options);
    }

    /** One reference for each mapping. */
    private static class EachMapping implements TableGuard {
        final TableHandle table;
        private final Options options;
        private final HotPath cost;

        EachMapping(TableHandle table, Options options) {
            this.table = table;
            this.options = options;
            this.cost = new HotPath(table.kernel(), HotPath.ATOMIC_NANOS);
        }

        @Override
        public void mapped(long entries) {
            take();
        }

        @Override
        public void unmapped(long entries) {
            drop();
        }

        @Override
        public final void ownerLeaves() {
            if (options.deadFlag() && table.inUse()) {
                table.markDead();
                GracePeriod.await(table.kernel(), options.gracePeriod());
            }
        }

        final void take() {
            cost.charge();
            table.get();
        }

        final void drop() {
            cost.charge();
            table.putLater();
        }
    }

    /** One reference as long as something is mapped. The count is kept under the pool's lock, which is held anyway: it costs nothing. */
    private static final class Transition extends EachMapping {
        private long entries;

        Transition(TableHandle table, Options options) {
            super(table, options);
        }

        @Override
        public void mapped(long more) {
            if (entries == 0) {
                take();
            }
            entries += more;
        }

        @Override
        public void unmapped(long fewer) {
            entries -= fewer;
            if (entries == 0) {
                drop();
            }
        }
    }
}
