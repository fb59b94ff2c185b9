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

/** Policy {@code wait-then-quarantine}: the seed's wait, and a dead table where the seed gives up. */
public final class WaitThenQuarantine implements FreePolicy {
    static final String SUMMARY = "the seed's patch, but a table still in use at the deadline is kept dead instead of freed";
    static final String DESCRIPTION = """
            Mechanism  As wait-for-drain up to the deadline. Then the table is marked dead before its window goes, and after a grace period
                       its memory stays if it is in use: a late unmap finds the flag, clears its bit and makes no hypercall. With reap, a
                       worker frees the table a grace period after its last bit.
            Origin     A variant made here, of the seed's wait and zombie-table. Not proposed. Facts: free-policies.md P2.
            Cost       The removal blocks as that of wait-for-drain, up to the cap for each table. One flag test an unmap. A quarantined
                       table keeps its bitmap, an eighth of a byte an entry: 1 MiB for 8 388 608 entries, and its structure.
            Fails by   A buffer that never comes back: its table stays for ever. The wait itself, with what it holds up, is still there.
            """;

    /** Options. */
    public record Options(
            @Option(value = "50ms", doc = "how long it sleeps between two looks, at least 1ms") Span interval,
            @Option(value = "120s", doc = "when it gives up on a table, in whole seconds, or forever") Span cap,
            @Option(value = "20ms", doc = "what synchronize_rcu() takes before window and table go (assumed); 0s leaves it out")
                    Span gracePeriod,
            @Option(value = "on", doc = "a quarantined table is freed after its last bit") boolean reap) {
        public Options {
            DrainOptions.checkInterval(interval);
            GracePeriod.check(gracePeriod);
        }
    }

    private final Options options;
    private final TableDrainWait wait;

    @Inject
    public WaitThenQuarantine(Options options) {
        this.options = options;
        this.wait = new TableDrainWait(options.interval(), options.cap());
    }

    @Override
    public List<DetachStep> detachPlan() {
        return WaitForDrain.TABLES_FIRST;
    }

    @Override
    public TableGuard guardTable(TableHandle table) {
        return new DeadFlag(table.kernel());
    }

    @Override
    public Verdict releaseTable(TableRelease table) {
        wait.drained(table);
        return DeadFlag.keep(table, options.gracePeriod(), options.reap());
    }
}
