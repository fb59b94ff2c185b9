package io.dmalab.netstack.actions;

import io.dmalab.api.config.Option;
import io.dmalab.api.device.Action;
import jakarta.inject.Inject;

/** {@code ip link set DEVICE up} (net/core/dev.c dev_open). */
public final class IfUp implements Action {
    /** What can be set. */
    public record Options(@Option(doc = "device of the scenario whose interface it is") String device) {}

    private final Interfaces interfaces;
    private final Options options;

    @Inject
    public IfUp(Interfaces interfaces, Options options) {
        this.interfaces = interfaces;
        this.options = options;
    }

    @Override
    public String comm() {
        return "ip";
    }

    @Override
    public void run() {
        interfaces.find(options.device()).ifPresent(dev -> {
            int error = interfaces.netdevs().open(dev);
            if (error != 0) {
                interfaces.complain("RTNETLINK answers: error " + -error);
            }
        });
    }
}
