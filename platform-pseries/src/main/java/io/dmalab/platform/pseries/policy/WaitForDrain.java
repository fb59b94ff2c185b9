package io.dmalab.platform.pseries.policy;

import io.dmalab.api.policy.DetachStep;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.api.policy.TableRelease;
import io.dmalab.api.policy.Verdict;
import jakarta.inject.Inject;
import java.util.List;

/** Policy {@code wait-for-drain}: the seed's patch, both hunks. */
public final class WaitForDrain implements FreePolicy {
    static final List<DetachStep> TABLES_FIRST = List.of(DetachStep.RELEASE_TABLES, DetachStep.REMOVE_WINDOWS, DetachStep.FORGET_WINDOW);

    static final String SUMMARY = "the seed's patch: wait for the TCEs, then delete the window";
    static final String DESCRIPTION = """
            Mechanism  Two changes to the removal. The detach notifier drops the table group first, while its windows still work, and
                       removes the windows then. And a table whose last reference is gone is looked at every 50 ms until no entry is
                       in use; after 120 s it is warned about and freed all the same. Each table of the group waits by itself.
            Origin     "powerpc/pseries/iommu: Wait until all TCEs are unmapped before deleting DDW", Gaurav Batra (IBM),
                       v1 of 16 September 2024 <20240916183558.89919-1-gbatra@linux.ibm.com>,
                       v2 of 13 February 2025 <20250213171051.63748-1-gbatra@linux.ibm.com>; both are the same code. Not merged: the
                       page_pool was changed instead (policy unmap-at-destroy). Facts: free-policies.md P1.
            Cost       The removal blocks until the last late unmap, up to 120 s for each table, with a line in the log every 50 ms.
                       Nothing on the data path.
            Fails by   Buffers that are held longer than the cap: then it is the legacy kernel, only later. The tasks that queue up on
                       locks the remover holds meanwhile. Firmware that isolates the slot before the node is detached, so that the
                       wait is for a window that is gone.
            """;

    private final TableDrainWait wait;

    @Inject
    public WaitForDrain(DrainOptions options) {
        wait = new TableDrainWait(options);
    }

    @Override
    public List<DetachStep> detachPlan() {
        return TABLES_FIRST;
    }

    @Override
    public Verdict releaseTable(TableRelease table) {
        wait.drained(table);
        return Verdict.PROCEED;
    }
}
