package io.dmalab.platform.pseries.policy;

import io.dmalab.api.policy.DetachStep;
import io.dmalab.api.policy.FreePolicy;
import java.util.List;

/** Policy {@code swap-without-wait}: the second hunk of the seed's patch alone. Tables are freed before their windows, in use or not. */
public final class SwapWithoutWait implements FreePolicy {
    public SwapWithoutWait() {}

    @Override
    public List<DetachStep> detachPlan() {
        return WaitForDrain.TABLES_FIRST;
    }
}
