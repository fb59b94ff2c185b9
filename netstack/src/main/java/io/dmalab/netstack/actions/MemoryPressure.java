package io.dmalab.netstack.actions;

import io.dmalab.api.device.Action;
import io.dmalab.api.net.HolderEvent;
import io.dmalab.netstack.Stack;
import jakarta.inject.Inject;

/**
 * TCP enters memory pressure (net/ipv4/tcp.c tcp_enter_memory_pressure): out-of-order queues are pruned, receive queues collapsed into
 * copies.
 */
public final class MemoryPressure implements Action {
    private final Stack stack;

    @Inject
    public MemoryPressure(Stack stack) {
        this.stack = stack;
    }

    @Override
    public String comm() {
        return "stress-ng";
    }

    @Override
    public void run() {
        stack.event(new HolderEvent.MemoryPressure());
    }
}
