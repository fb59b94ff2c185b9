package io.dmalab.netstack.actions;

import io.dmalab.api.config.Option;
import io.dmalab.api.device.Action;
import jakarta.inject.Inject;

/**
 * {@code ip link set DEVICE down} (net/core/dev.c dev_close): the driver closes its queues and with them its page pools; the device stays
 * bound.
 */
public final class IfDown implements Action {
    /** What can be set. */
    public record Options(@Option(doc = "device of the scenario whose interface it is") String device) {}

    private final Interfaces interfaces;
    private final Options options;

    @Inject
    public IfDown(Interfaces interfaces, Options options) {
        this.interfaces = interfaces;
        this.options = options;
    }

    @Override
    public String comm() {
        return "ip";
    }

    @Override
    public void run() {
        interfaces.find(options.device()).ifPresent(interfaces.netdevs()::close);
    }
}
