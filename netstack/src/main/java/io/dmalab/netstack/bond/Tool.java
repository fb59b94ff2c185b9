package io.dmalab.netstack.bond;

import io.dmalab.api.kernel.Kernel;
import io.dmalab.netstack.NetDevices;
import java.util.List;
import java.util.function.IntSupplier;

/** What the tools behind the actions of this package have in common. */
final class Tool {
    static final int ENODEV = 19;

    private final Kernel kernel;
    private final NetDevices netdevs;

    Tool(Kernel kernel, NetDevices netdevs) {
        this.kernel = kernel;
        this.netdevs = netdevs;
    }

    /** @throws IllegalArgumentException if the machine has no interface of that name when the scenario begins */
    void checkKnown(String interfaceName) {
        if (netdevs.byName(interfaceName).isEmpty()) {
            List<String> known = netdevs.all().stream().map(dev -> dev.name()).filter(name -> !name.equals("lo")).toList();
            throw new IllegalArgumentException("unknown interface '" + interfaceName + "'; known: " + String.join(", ", known));
        }
    }

    /** A request by netlink or sysfs, which the kernel serves under RTNL. Task context. */
    int underRtnl(IntSupplier request) {
        netdevs.rtnl().lock();
        int result = request.getAsInt();
        netdevs.rtnl().unlock();
        return result;
    }

    /** The tool fails; what it says is written to the kernel log, as through /dev/kmsg. */
    void complain(String text) {
        kernel.printk().warn(kernel.sched().current().comm() + "[" + kernel.sched().current().pid() + "]: " + text);
    }
}
