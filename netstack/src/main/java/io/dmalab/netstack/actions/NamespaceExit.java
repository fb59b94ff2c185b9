package io.dmalab.netstack.actions;

import io.dmalab.api.device.Action;
import io.dmalab.api.net.HolderEvent;
import io.dmalab.netstack.Stack;
import jakarta.inject.Inject;

/**
 * The end of the network namespace that the holders live in (net/core/net_namespace.c cleanup_net): its reassembly queues, sockets and
 * neighbours go.
 */
public final class NamespaceExit implements Action {
    private final Stack stack;

    @Inject
    public NamespaceExit(Stack stack) {
        this.stack = stack;
    }

    @Override
    public String comm() {
        return "ip";
    }

    @Override
    public void run() {
        stack.event(new HolderEvent.NamespaceExit());
    }
}
