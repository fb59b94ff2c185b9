package io.dmalab.netstack.actions;

import io.dmalab.api.config.Option;
import io.dmalab.api.device.Action;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.net.HolderEvent;
import io.dmalab.netstack.Stack;
import jakarta.inject.Inject;

/**
 * An unrelated interrupt raises NET_RX on a CPU, as the reload of another driver does: an idle CPU empties its defer list (net/core/dev.c
 * net_rx_action).
 */
public final class NetRx implements Action {
    /** What can be set. */
    public record Options(@Option(doc = "CPU, from 0") int cpu) {}

    private final Stack stack;
    private final Options options;

    @Inject
    public NetRx(Kernel kernel, Stack stack, Options options) {
        this.stack = stack;
        this.options = options;
        Cpus.require(kernel, options.cpu());
    }

    @Override
    public String comm() {
        return "modprobe";
    }

    @Override
    public void run() {
        stack.event(new HolderEvent.NetRxSoftirq(options.cpu()));
    }
}
