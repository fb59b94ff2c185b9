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

/** Policy {@code zombie-table} (free-policies.md P12a): a table in use outlives its window as a tombstone. */
public final class ZombieTable implements FreePolicy {
    static final String SUMMARY = "no wait: a table in use is marked dead and kept, and late unmaps clear bits only";
    static final String DESCRIPTION = """
            Mechanism  A table whose last reference goes is marked dead. After a grace period, for unmaps that have seen the flag down, it is
                       freed if nothing is in use, and the window is removed. Else structure and bitmap stay: a late unmap finds the flag,
                       clears its bits and makes no hypercall. With reap, a worker frees the table a grace period after its last bit;
                       without, it stays for ever.
            Origin     A variant made here, in answer to Michael Ellerman's question whether the late free can be detected and the oops
                       prevented (14 October 2024 <87cyk35715.fsf@mail.lhotse>). Not proposed. Facts: free-policies.md P12a.
            Cost       A grace period in the removal. One flag test an unmap. A dead table keeps its bitmap, an eighth of a byte an entry:
                       1 MiB for 8 388 608 entries, and its structure.
            Fails by   A buffer that never comes back: its table stays for ever. Without the grace period, an unmap between flag and
                       hypercall meets a window that is gone. It protects the table: whoever else the driver's remove has freed under the
                       holder is not its business.
            """;

    /** Options. */
    public record Options(
            @Option(value = "20ms", doc = "what synchronize_rcu() takes before window and table go (assumed); 0s leaves it out")
                    Span gracePeriod,
            @Option(value = "on", doc = "a dead table is freed after its last bit; off keeps it for ever") boolean reap) {
        public Options {
            GracePeriod.check(gracePeriod);
        }
    }

    private final Options options;

    @Inject
    public ZombieTable(Options options) {
        this.options = options;
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
        return DeadFlag.keep(table, options.gracePeriod(), options.reap());
    }
}
