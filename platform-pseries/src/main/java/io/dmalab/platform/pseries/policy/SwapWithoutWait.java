package io.dmalab.platform.pseries.policy;

import io.dmalab.api.policy.DetachStep;
import io.dmalab.api.policy.FreePolicy;
import java.util.List;

/** Policy {@code swap-without-wait}: the second hunk of the seed's patch alone. Tables are freed before their windows, in use or not. */
public final class SwapWithoutWait implements FreePolicy {
    static final String SUMMARY = "the seed's second hunk alone: tables first, no wait";
    static final String DESCRIPTION = """
            Mechanism  The seed's second hunk alone: the table group is dropped before its windows are removed, but nobody waits. A
                       table in use is warned about ("Unexpected TCEs") and freed.
            Origin     A variant made here to show what the patch's first hunk is for. Facts: free-policies.md P2.
            Cost       None.
            Fails by   Use after free of the table and its bitmap by every later unmap, as the legacy kernel.
            """;

    public SwapWithoutWait() {}

    @Override
    public List<DetachStep> detachPlan() {
        return WaitForDrain.TABLES_FIRST;
    }
}
