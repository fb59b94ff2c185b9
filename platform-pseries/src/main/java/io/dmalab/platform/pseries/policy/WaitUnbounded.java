package io.dmalab.platform.pseries.policy;

import io.dmalab.api.config.Option;
import io.dmalab.api.config.Span;
import io.dmalab.api.policy.DetachStep;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.api.policy.TableRelease;
import io.dmalab.api.policy.Verdict;
import jakarta.inject.Inject;
import java.util.List;

/** Policy {@code wait-unbounded}: the seed's patch without its deadline. */
public final class WaitUnbounded implements FreePolicy {
    static final String SUMMARY = "the seed's patch without a deadline: wait until the last entry is unmapped";
    static final String DESCRIPTION = """
            Mechanism  As wait-for-drain, tables before windows, but the loop has no way out except an empty table.
            Origin     A variant made here; what Michael Ellerman's review of v1 (14 October 2024 <87cyk35715.fsf@mail.lhotse>) found that
                       the patch's text promises and its code does not keep. Not proposed. Facts: free-policies.md P2.
            Cost       The removal blocks until the last late unmap, however long that takes, with a line in the log at every look.
                       Nothing on the data path.
            Fails by   A buffer that never comes back: the removal never ends, and with it the migration that asked for it; tasks that
                       want its locks hang for as long.
            """;

    /** Options. */
    public record Options(@Option(value = "50ms", doc = "how long it sleeps between two looks, at least 1ms") Span interval) {
        public Options {
            DrainOptions.checkInterval(interval);
        }
    }

    private final TableDrainWait wait;

    @Inject
    public WaitUnbounded(Options options) {
        wait = new TableDrainWait(options.interval(), Span.FOREVER);
    }

    @Override
    public List<DetachStep> detachPlan() {
        return WaitForDrain.TABLES_FIRST;
    }

    @Override
    public Verdict releaseTable(TableRelease table) {
        wait.drained(table);
        return Verdict.PROCEED;
    }
}
