package io.dmalab.netstack.bond;

import io.dmalab.netstack.NetDevice;

/** An interface in a bond (struct slave, include/net/bonding.h, v6.14). */
final class Slave {
    /** BOND_LINK_*: FAIL and BACK are the delays before a link counts as down or up. */
    enum Link { UP, FAIL, DOWN, BACK }

    final NetDevice dev;
    Link link;
    /** What the last inspection proposes; null for no change. */
    Link proposed;
    /** Rounds of the monitor that are left of a delay. */
    int delay;
    /** Packets that it receives are not for the bond. */
    boolean backup = true;

    Slave(NetDevice dev) {
        this.dev = dev;
    }

    /** bond_check_dev_link with use_carrier. */
    boolean linkOk() {
        return dev.isUp() && dev.carrierOn();
    }
}
