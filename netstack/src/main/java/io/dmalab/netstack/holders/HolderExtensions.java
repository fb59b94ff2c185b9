package io.dmalab.netstack.holders;

import io.dmalab.api.Extensions;

/** Registers the buffer holders. */
public final class HolderExtensions {
    private HolderExtensions() {}

    public static void register(Extensions extensions) {}
}
