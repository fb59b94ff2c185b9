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
        extensions.add(policy("wait-then-ebusy", WaitThenEbusy.class, WaitThenEbusy.SUMMARY, WaitThenEbusy.DESCRIPTION)
                .options(WaitThenEbusy.Options.class));
        extensions.add(policy("event-driven", EventDriven.class, EventDriven.SUMMARY, EventDriven.DESCRIPTION)
                .options(EventDriven.Options.class));
        extensions.add(policy("iommu-group-reference", IommuGroupReference.class, IommuGroupReference.SUMMARY,
                IommuGroupReference.DESCRIPTION)
                .options(IommuGroupReference.Options.class));
        extensions.add(policy("table-reference", TableReference.class, TableReference.SUMMARY, TableReference.DESCRIPTION)
                .options(TableReference.Options.class));
        extensions.add(policy("window-reference", WindowReference.class, WindowReference.SUMMARY, WindowReference.DESCRIPTION));
        extensions.add(policy("zombie-table", ZombieTable.class, ZombieTable.SUMMARY, ZombieTable.DESCRIPTION)
                .options(ZombieTable.Options.class));
        extensions.add(policy("null-base", NullBase.class, NullBase.SUMMARY, NullBase.DESCRIPTION)
                .options(GracePeriod.class));
        extensions.add(policy("generation-check", GenerationCheck.class, GenerationCheck.SUMMARY, GenerationCheck.DESCRIPTION)
                .options(GenerationCheck.Options.class));
        extensions.add(policy("blocking-domain", BlockingDomain.class, BlockingDomain.SUMMARY, BlockingDomain.DESCRIPTION)
                .options(BlockingDomain.Options.class));
        extensions.add(policy("direct-window", DirectWindow.class, DirectWindow.SUMMARY, DirectWindow.DESCRIPTION)
                .options(DirectWindow.Options.class));
        extensions.add(policy("firmware-refuses", FirmwareRefuses.class, FirmwareRefuses.SUMMARY, FirmwareRefuses.DESCRIPTION));
        extensions.add(policy("lazy-flush", LazyFlush.class, LazyFlush.SUMMARY, LazyFlush.DESCRIPTION).options(LazyFlush.Options.class));
    }

    private static Extension<FreePolicy> policy(String id, Class<? extends FreePolicy> type, String summary, String description) {
        return Extension.of(FreePolicy.class, id, type, summary).description(description);
    }
}
