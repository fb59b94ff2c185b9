package io.dmalab.netstack.actions;

import io.dmalab.api.MachineScoped;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.netstack.NetDevice;
import io.dmalab.netstack.NetDevices;
import jakarta.inject.Inject;
import java.util.Optional;

/** How the tools behind the actions of this package find the interface they are told. */
@MachineScoped
public final class Interfaces {
    private final Kernel kernel;
    private final NetDevices netdevs;

    @Inject
    public Interfaces(Kernel kernel, NetDevices netdevs) {
        this.kernel = kernel;
        this.netdevs = netdevs;
    }

    /** The interface, or empty with the tool's message in the log, as through /dev/kmsg. Task context. */
    Optional<NetDevice> find(String name) {
        Optional<NetDevice> found = netdevs.byName(name);
        if (found.isEmpty()) {
            complain("Cannot find device \"" + name + "\"");
        }
        return found;
    }

    /** What a tool says when it fails. Task context. */
    void complain(String text) {
        kernel.printk().warn(kernel.sched().current().comm() + "[" + kernel.sched().current().pid() + "]: " + text);
    }

    NetDevices netdevs() {
        return netdevs;
    }
}
