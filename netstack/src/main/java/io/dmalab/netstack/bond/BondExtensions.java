package io.dmalab.netstack.bond;

import io.dmalab.api.Extension;
import io.dmalab.api.Extensions;
import io.dmalab.api.device.Action;
import io.dmalab.api.device.DeviceDriver;

/** Registers bonding and the driver of its virtual side. */
public final class BondExtensions {
    private BondExtensions() {}

    public static void register(Extensions extensions) {
        extensions.events(BondEvents.ACTIVE_CHANGED);
        extensions.add(Extension.<DeviceDriver>of(DeviceDriver.class, "ibmveth", Ibmveth.class,
                "virtual Ethernet adapter of a partition (l-lan)")
                .options(Ibmveth.Options.class).description(text("""
                The backup slave of a hybrid network bond. It passes up copies: its packets hold no page of a page_pool and no TCE, so
                that a socket that goes on reading after a fail-over soon holds none of the old ones. Passive in a bond it receives
                nothing.""")));
        extensions.add(Extension.<Action>of(Action.class, "bond", BondAction.class, "sets up an active-backup bond, as hcnmgr does")
                .options(BondAction.Options.class).description(text("""
                mode=1, miimon=100, fail_over_mac=2. The slaves are taken down, enslaved and brought up again, so that a NIC's first
                page pools end here. Packets of the active slave are attributed to the bond, which is why the flush of backlogs misses
                them when the slave is unregistered. A lost carrier is noticed within miimon, an unregistered slave at once; both fail
                over.""")));
        extensions.add(Extension.<Action>of(Action.class, "bond-failover", BondFailover.class, "moves a bond's traffic to another slave")
                .options(BondFailover.Options.class).description(text("""
                how: release is what precedes a Live Partition Migration: hcnrmdev deletes the slave's connection, the kernel releases
                and closes the interface, NetworkManager brings it up again. Its page pools are orphaned at that moment, before any
                removal begins; pages that the stack holds stay mapped. how: set-active only changes the active slave.""")));
    }

    private static String text(String block) {
        return block.replace('\n', ' ');
    }
}
