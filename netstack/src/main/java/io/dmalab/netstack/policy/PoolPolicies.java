package io.dmalab.netstack.policy;

import io.dmalab.api.Extension;
import io.dmalab.api.Extensions;
import io.dmalab.api.policy.FreePolicy;

/** Registers the policies that live in page_pool and in the netdev's unregistration. */
public final class PoolPolicies {
    private PoolPolicies() {}

    public static void register(Extensions extensions) {
        extensions.add(Extension.of(FreePolicy.class, "unmap-at-destroy", UnmapAtDestroy.class, UnmapAtDestroy.SUMMARY)
                .options(UnmapAtDestroy.Options.class)
                .description(UnmapAtDestroy.DESCRIPTION));
    }
}
