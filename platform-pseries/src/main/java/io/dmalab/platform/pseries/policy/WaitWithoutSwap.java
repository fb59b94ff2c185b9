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
    private final TableDrainWait wait;

    @Inject
    public WaitWithoutSwap(DrainOptions options) {
        wait = new TableDrainWait(options);
    }

    @Override
    public Verdict releaseTable(TableRelease table) {
        return wait.release(table);
    }
}
