package io.dmalab.netstack.bond;

import io.dmalab.api.Extensions;

/** Registers bonding and the virtual ethernet driver. */
public final class BondExtensions {
    private BondExtensions() {}

    public static void register(Extensions extensions) {}
}
