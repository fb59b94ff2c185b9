package io.dmalab.netstack.actions;

import io.dmalab.api.config.Option;
import io.dmalab.api.device.Action;
import io.dmalab.api.net.HolderEvent;
import io.dmalab.netstack.Stack;
import jakarta.inject.Inject;

/**
 * An interface goes down that is not a device of the machine: one that holders name as {@code out-device} or {@code peer}. Its queues,
 * rings and neighbours are emptied.
 */
public final class ForeignDown implements Action {
    /** What can be set. */
    public record Options(@Option(doc = "name of the interface, as holders give it") String outDevice) {}

    private final Stack stack;
    private final Options options;

    @Inject
    public ForeignDown(Stack stack, Options options) {
        this.stack = stack;
        this.options = options;
    }

    @Override
    public String comm() {
        return "ip";
    }

    @Override
    public void run() {
        stack.event(new HolderEvent.DeviceDown(options.outDevice()));
    }
}
