package io.dmalab.api.net;

/** What a buffer holder may do with a received packet (struct sk_buff). A packet is an int; the number is reused after its release. */
public interface Buffers {
    /** kfree_skb / consume_skb in the caller's context: its pages go back to their pool. */
    void release(int skb);

    /** As a TCP reader frees it: possibly parked on the defer-free list of the CPU that received it. */
    void releaseDeferred(int skb);

    /** Bytes of the packet. */
    int length(int skb);

    /** What a socket is charged for it: header, shared info and data area. */
    int truesize(int skb);

    /** CPU that received it. */
    int cpu(int skb);

    /** Flow it belongs to. */
    int flow(int skb);

    /** Interface from whose page_pool the packet's memory is; empty if it is from none, or the interface is gone. */
    default String origin(int skb) {
        return "";
    }

    /** Notes in the ledger who has the packet's pages now; {@code holder} from {@link io.dmalab.api.kernel.Pages#holder}. */
    void heldBy(int skb, int holder);
}
