package io.dmalab.netstack.policy;

import io.dmalab.api.Extensions;

/** Registers the policies that live in page_pool and in the netdev's unregistration. */
public final class PoolPolicies {
    private PoolPolicies() {}

    public static void register(Extensions extensions) {}
}
