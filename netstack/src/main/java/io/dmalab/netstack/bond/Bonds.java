package io.dmalab.netstack.bond;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.MachineScoped;
import io.dmalab.api.device.HotplugEvent;
import io.dmalab.api.device.HotplugEvent.NetdevChanged;
import io.dmalab.api.device.HotplugNotifier;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.netstack.NetDevice;
import io.dmalab.netstack.NetDevices;
import io.dmalab.netstack.SkBuffs;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The bonding driver (drivers/net/bonding, v6.14): its bonds, and the notifier that lets a slave go when its interface is unregistered. */
@MachineScoped
public final class Bonds implements HotplugNotifier {
    private final Kernel kernel;
    private final NetDevices netdevs;
    private final SkBuffs skbs;
    private final List<Bond> bonds = new ArrayList<>();

    @Inject
    public Bonds(Kernel kernel, NetDevices netdevs, SkBuffs skbs) {
        this.kernel = kernel;
        this.netdevs = netdevs;
        this.skbs = skbs;
    }

    /** Creates and registers a bond; the first one loads the module. Task context. @throws IllegalStateException if the name is taken */
    @KernelFunction(value = "bond_newlink", module = "bonding")
    Bond create(String name, Bond.Params params) {
        if (bonds.isEmpty()) {
            kernel.devices().netdevChain().register(this);
            kernel.printk().info("Ethernet Channel Bonding Driver: v" + kernel.profile().release());
        }
        Bond bond = new Bond(kernel, netdevs, skbs, name, params);
        netdevs.register(bond.dev());
        bonds.add(bond);
        return bond;
    }

    Optional<Bond> byName(String name) {
        return bonds.stream().filter(bond -> bond.dev().name().equals(name)).findFirst();
    }

    /** Interface that receives for a bond now; empty if there is none, or no such bond. */
    public Optional<NetDevice> active(String name) {
        return byName(name).flatMap(Bond::active);
    }

    @Override
    @KernelFunction(value = "bond_netdev_event", module = "bonding")
    public Answer notify(HotplugEvent event) {
        if (!(event instanceof NetdevChanged changed) || changed.phase() != NetdevChanged.Phase.UNREGISTER) {
            return Answer.DONE;
        }
        for (Bond bond : bonds) {
            Optional<Slave> gone = bond.slaves().stream().filter(slave -> slave.dev.name().equals(changed.name())).findFirst();
            gone.ifPresent(slave -> bond.release(slave.dev));
        }
        return Answer.DONE;
    }
}
