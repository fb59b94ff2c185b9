package io.dmalab.netstack.traffic;

import io.dmalab.api.Extensions;

/** Registers the workloads. */
public final class TrafficExtensions {
    private TrafficExtensions() {}

    public static void register(Extensions extensions) {}
}
