package io.dmalab.netstack.actions;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.device.Action;
import io.dmalab.api.net.HolderEvent;
import io.dmalab.netstack.NetDevices;
import io.dmalab.netstack.Stack;
import jakarta.inject.Inject;

/**
 * The end of the network namespace that the holders live in (net/core/net_namespace.c cleanup_net): its reassembly queues, sockets and
 * neighbours go.
 */
public final class NamespaceExit implements Action {
    private final Stack stack;
    private final NetDevices netdevs;

    @Inject
    public NamespaceExit(Stack stack, NetDevices netdevs) {
        this.stack = stack;
        this.netdevs = netdevs;
    }

    @Override
    public String comm() {
        return "ip";
    }

    /** Interfaces go first, under RTNL (default_device_exit_batch); there are none here, but the lock is taken. Then the rest. */
    @Override
    @KernelFunction("cleanup_net")
    public void run() {
        netdevs.rtnl().lock();
        netdevs.rtnl().unlock();
        stack.event(new HolderEvent.NamespaceExit());
    }
}
