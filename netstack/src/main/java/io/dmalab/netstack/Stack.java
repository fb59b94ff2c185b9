package io.dmalab.netstack;

import io.dmalab.api.MachineScoped;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.net.HolderEvent;
import io.dmalab.api.net.Holders;
import jakarta.inject.Inject;
import jakarta.inject.Provider;

/**
 * The way of a packet above the driver (net/core/dev.c, v6.14): rx_handlers, RPS backlog, then a {@link io.dmalab.api.net.BufferHolder} drawn by its share of the
 * traffic, or consumed at once. Protocols themselves are left out: a holder stands for the protocol and the reader behind it.
 */
@MachineScoped
public final class Stack {
    @Inject
    public Stack(Kernel kernel, SkBuffs skbs, Provider<Holders> holders) {}

    /** netif_receive_skb. Softirq context. */
    public void receive(int skb) {
        throw new UnsupportedOperationException();
    }

    /** netif_rx: through the backlog of the current CPU. Any context. */
    public void netifRx(int skb) {
        throw new UnsupportedOperationException();
    }

    /** Something happened that clears holders, backlogs or defer lists (facts: netstack-holders.md 6). */
    public void event(HolderEvent event) {
        throw new UnsupportedOperationException();
    }

    /** A handler that sees the packets of every device, after the device's own one. */
    public void onReceive(ReceiveHandler handler) {
        throw new UnsupportedOperationException();
    }
}
