package io.dmalab.api.net;

/**
 * Somebody in the network stack who keeps received packets after the driver let go. One instance per entry of a scenario's
 * {@code holders:}. It must release each packet exactly once through {@link Buffers}, or never, if that is what it models.
 */
public interface BufferHolder {
    /** Why the packet is held, for reports: e.g. {@code tcp receive queue, reader asleep}. */
    String reason();

    /** Takes over a packet. Softirq context: must not sleep. */
    void take(int skb);

    /** Something happened that may make holders let go (facts: netstack-holders.md 6). Any context. */
    default void on(HolderEvent event) {}

    /** Packets held now. */
    int held();
}
