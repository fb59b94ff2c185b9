package io.dmalab.platform.pseries.policy;

import io.dmalab.api.policy.FreePolicy;
import io.dmalab.api.policy.TableRelease;
import io.dmalab.api.policy.Verdict;
import jakarta.inject.Inject;

/**
 * Policy {@code wait-without-swap}: the first hunk of the seed's patch alone. The window goes first, so the wait is for unmaps that
 * firmware refuses.
 */
public final class WaitWithoutSwap implements FreePolicy {
    static final String SUMMARY = "the seed's first hunk alone: wait after the window is gone";
    static final String DESCRIPTION = """
            Mechanism  The seed's first hunk alone: the table is waited for, but its windows have been cleared and removed by then.
                       Late unmaps are refused by the hypervisor (H_PARAMETER) and clear the table's bits nevertheless, so the wait
                       ends.
            Origin     A variant made here to show what the patch's second hunk is for. Facts: free-policies.md P2, wait-no-order-swap.
            Cost       As wait-for-drain, and an error block in the log for late unmaps, up to 10 every 5 s.
            Fails by   Clearing the entries of another device, if the window's number is given out again during the wait; and what
                       wait-for-drain fails by.
            """;

    private final TableDrainWait wait;

    @Inject
    public WaitWithoutSwap(DrainOptions options) {
        wait = new TableDrainWait(options);
    }

    @Override
    public Verdict releaseTable(TableRelease table) {
        wait.drained(table);
        return Verdict.PROCEED;
    }
}
