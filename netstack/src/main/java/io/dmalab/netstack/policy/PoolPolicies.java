package io.dmalab.netstack.policy;

import io.dmalab.api.Extension;
import io.dmalab.api.Extensions;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.netstack.zcrx.ProviderUnmaps;

/** Registers the policies that live in page_pool and in the netdev's unregistration; rows of free-policies.md in their order. */
public final class PoolPolicies {
    private PoolPolicies() {}

    public static void register(Extensions extensions) {
        extensions.add(policy("stall-unregister", StallUnregister.class, StallUnregister.SUMMARY, StallUnregister.DESCRIPTION)
                .options(StallUnregister.Options.class));
        extensions.add(policy("destroy-waits", DestroyWaits.class, DestroyWaits.SUMMARY, DestroyWaits.DESCRIPTION)
                .options(PoolDrain.Options.class));
        extensions.add(policy("bounded-stall-then-force", BoundedStallThenForce.class, BoundedStallThenForce.SUMMARY,
                BoundedStallThenForce.DESCRIPTION).options(BoundedStallThenForce.Options.class));
        extensions.add(policy("device-reference", DeviceReference.class, DeviceReference.SUMMARY, DeviceReference.DESCRIPTION));
        extensions.add(policy("module-reference", ModuleReference.class, ModuleReference.SUMMARY, ModuleReference.DESCRIPTION));
        extensions.add(policy("fixed-array", FixedArray.class, FixedArray.SUMMARY, FixedArray.DESCRIPTION)
                .options(FixedArray.Options.class));
        extensions.add(policy("item-blocks", ItemBlocks.class, ItemBlocks.SUMMARY, ItemBlocks.DESCRIPTION));
        extensions.add(policy("unmap-at-destroy", UnmapAtDestroy.class, UnmapAtDestroy.SUMMARY, UnmapAtDestroy.DESCRIPTION)
                .options(UnmapAtDestroy.Options.class));
        extensions.add(policy("scan-memmap", ScanMemmap.class, ScanMemmap.SUMMARY, ScanMemmap.DESCRIPTION)
                .options(ScanMemmap.Options.class));
        extensions.add(policy("leak-map", LeakMap.class, LeakMap.SUMMARY, LeakMap.DESCRIPTION).options(LeakMap.Options.class));
        extensions.add(policy("kick-holders", KickHolders.class, KickHolders.SUMMARY, KickHolders.DESCRIPTION)
                .options(KickHolders.Options.class));
        extensions.add(policy("provider-unmaps", ProviderUnmaps.class, ProviderUnmaps.SUMMARY, ProviderUnmaps.DESCRIPTION));
        extensions.add(policy("revoke-and-wait", RevokeAndWait.class, RevokeAndWait.SUMMARY, RevokeAndWait.DESCRIPTION));
        extensions.add(policy("drain-only", DrainOnly.class, DrainOnly.SUMMARY, DrainOnly.DESCRIPTION));
    }

    private static Extension<FreePolicy> policy(String id, Class<? extends FreePolicy> type, String summary, String description) {
        return Extension.<FreePolicy>of(FreePolicy.class, id, type, summary).description(description);
    }
}
