package io.dmalab.netstack;

/** rx_handler of a device (netdev_rx_handler_register): bonding, bridge, team. */
@FunctionalInterface
public interface ReceiveHandler {
    /** What becomes of the packet. */
    enum Result {
        /** Not concerned; goes on. */
        PASS,
        /** The device pointer was rewritten; goes on as received on that device. */
        ANOTHER,
        /** Only for receivers that asked for exactly this device (the passive side of a bond): dropped by the stack here. */
        EXACT,
        /** The handler has taken or freed the packet. */
        CONSUMED
    }

    /** Softirq context; must not sleep. */
    Result handle(int skb);
}
