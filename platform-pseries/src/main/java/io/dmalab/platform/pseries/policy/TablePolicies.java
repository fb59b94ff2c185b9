package io.dmalab.platform.pseries.policy;

import io.dmalab.api.Extension;
import io.dmalab.api.Extensions;
import io.dmalab.api.policy.FreePolicy;

/** Registers the policies that live in the tables and in the platform's removal. What each is, stands in its class. */
public final class TablePolicies {
    private TablePolicies() {}

    public static void register(Extensions extensions) {
        extensions.add(policy("wait-for-drain", WaitForDrain.class, WaitForDrain.SUMMARY, WaitForDrain.DESCRIPTION)
                .options(DrainOptions.class));
        extensions.add(policy("wait-without-swap", WaitWithoutSwap.class, WaitWithoutSwap.SUMMARY, WaitWithoutSwap.DESCRIPTION)
                .options(DrainOptions.class));
        extensions.add(policy("swap-without-wait", SwapWithoutWait.class, SwapWithoutWait.SUMMARY, SwapWithoutWait.DESCRIPTION));
        extensions.add(policy("wait-unbounded", WaitUnbounded.class, WaitUnbounded.SUMMARY, WaitUnbounded.DESCRIPTION)
                .options(WaitUnbounded.Options.class));
        extensions.add(policy("wait-then-quarantine", WaitThenQuarantine.class, WaitThenQuarantine.SUMMARY, WaitThenQuarantine.DESCRIPTION)
                .options(WaitThenQuarantine.Options.class));
        extensions.add(policy("event-driven", EventDriven.class, EventDriven.SUMMARY, EventDriven.DESCRIPTION)
                .options(EventDriven.Options.class));
        extensions.add(policy("zombie-table", ZombieTable.class, ZombieTable.SUMMARY, ZombieTable.DESCRIPTION)
                .options(ZombieTable.Options.class));
        extensions.add(policy("null-base", NullBase.class, NullBase.SUMMARY, NullBase.DESCRIPTION).options(GracePeriod.class));
    }

    private static Extension<FreePolicy> policy(String id, Class<? extends FreePolicy> type, String summary, String description) {
        return Extension.of(FreePolicy.class, id, type, summary).description(description);
    }
}
