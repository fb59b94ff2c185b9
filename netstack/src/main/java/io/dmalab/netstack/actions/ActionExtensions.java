package io.dmalab.netstack.actions;

import io.dmalab.api.Extensions;

/** Registers the timeline actions. */
public final class ActionExtensions {
    private ActionExtensions() {}

    public static void register(Extensions extensions) {}
}
