package io.dmalab.netstack.actions;

import io.dmalab.api.config.Option;
import io.dmalab.api.device.Action;
import jakarta.inject.Inject;

/**
 * The link of an interface is lost or comes back (net/sched/sch_generic.c netif_carrier_off and netif_carrier_on): a cable, a switch port.
 */
public final class Link implements Action {
    /** What becomes of the link. */
    public enum State { UP, DOWN }

    /** What can be set. */
    public record Options(
            @Option(doc = "device of the scenario whose interface it is") String device,
            @Option(doc = "up or down") State state) {}

    private final Interfaces interfaces;
    private final Options options;

    @Inject
    public Link(Interfaces interfaces, Options options) {
        this.interfaces = interfaces;
        this.options = options;
    }

    @Override
    public void run() {
        interfaces.find(options.device()).ifPresent(dev -> dev.carrier(options.state() == State.UP));
    }
}
