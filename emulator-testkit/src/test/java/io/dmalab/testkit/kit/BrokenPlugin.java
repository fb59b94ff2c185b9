package io.dmalab.testkit.kit;

import io.dmalab.api.EmulatorPlugin;
import io.dmalab.api.Extensions;

/** A plugin each of whose extensions breaks one rule. */
final class BrokenPlugin implements EmulatorPlugin {
    @Override
    public String id() {
        return "broken";
    }

    @Override
    public String summary() {
        return "Breaks every rule once";
    }

    @Override
    public void register(Extensions extensions) {
        BrokenCode.register(extensions);
        BrokenPolicies.register(extensions);
        BrokenDma.register(extensions);
        BrokenParts.register(extensions);
    }
}
