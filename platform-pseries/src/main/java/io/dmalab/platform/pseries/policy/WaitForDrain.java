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
        return wait.release(table);
    }
}
