package io.dmalab.netstack.actions;

import io.dmalab.api.config.Option;
import io.dmalab.api.device.Action;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.net.HolderEvent;
import io.dmalab.netstack.Stack;
import jakarta.inject.Inject;

/**
 * Takes a CPU offline (net/core/dev.c dev_cpu_dead): its backlog and its defer list are emptied by others. The machine goes on scheduling
 * there what is bound to it.
 */
public final class CpuOffline implements Action {
    /** What can be set. */
    public record Options(@Option(doc = "CPU, from 0") int cpu) {}

    private final Stack stack;
    private final Options options;

    @Inject
    public CpuOffline(Kernel kernel, Stack stack, Options options) {
        this.stack = stack;
        this.options = options;
        Cpus.require(kernel, options.cpu());
    }

    @Override
    public String comm() {
        return "chcpu";
    }

    @Override
    public void run() {
        stack.event(new HolderEvent.CpuOffline(options.cpu()));
    }
}
