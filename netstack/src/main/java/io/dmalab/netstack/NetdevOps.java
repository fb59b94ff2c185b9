package io.dmalab.netstack;

/** What a driver implements for its interface (struct net_device_ops). */
public interface NetdevOps {
    /** ndo_open. Task context, RTNL held. @return 0 or a negative errno */
    int open();

    /** ndo_stop. Task context, RTNL held. @return 0 or a negative errno */
    int stop();

    /**
     * ndo_start_xmit. Softirq context or a task with bottom halves off; must not sleep. Takes over the packet if it returns true.
     *
     * @param queue transmit queue, 0 to {@link NetDevice#txQueues()} - 1
     * @return false: NETDEV_TX_BUSY, the packet stays in the qdisc until {@link NetDevice#wakeQueue}
     */
    boolean xmit(int skb, int queue);

    /** netif_device_present: false while the device is detached. */
    default boolean present() {
        return true;
    }
}
