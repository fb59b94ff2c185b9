package io.dmalab.netstack;

import io.dmalab.api.MachineScoped;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.net.Buffers;
import jakarta.inject.Inject;

/** struct sk_buff and its shared info (net/core/skbuff.c, v6.14): a packet is an int, its fields stand in primitive arrays. */
@MachineScoped
public final class SkBuffs implements Buffers {
    /** MAX_SKB_FRAGS. */
    public static final int MAX_FRAGS = 17;
    /** Bytes charged for struct sk_buff itself. */
    public static final int SKB_TRUESIZE = 256;

    @Inject
    public SkBuffs(Kernel kernel, PagePools pools) {}

    /**
     * napi_build_skb round page memory, marked for recycle: takes over one pool owner of {@code page}, which becomes piece 0.
     *
     * @param truesize bytes of the page's part; the skb's own size is added
     */
    public int build(int page, int offset, int length, int truesize, NetDevice dev, int flow) {
        throw new UnsupportedOperationException();
    }

    /** napi_alloc_skb and a copy: an skb whose data so far lies in slab memory; holds no page. */
    public int allocCopy(int length, NetDevice dev, int flow) {
        throw new UnsupportedOperationException();
    }

    /** A sender's skb: its data lies in pages of the page allocator (no pool), freed with the skb; -1 if memory is exhausted. */
    public int allocPages(int length, NetDevice dev, int flow) {
        throw new UnsupportedOperationException();
    }

    /** skb_can_coalesce: this part continues the skb's last piece in the same page. */
    public boolean canCoalesce(int skb, int page, int offset) {
        throw new UnsupportedOperationException();
    }

    /**
     * skb_add_rx_frag or, where {@link #canCoalesce} holds, skb_coalesce_rx_frag. A new piece takes over one pool owner of the page, a coalesced one none.
     *
     * @return true if it became a new piece
     */
    public boolean addFrag(int skb, int page, int offset, int length, int truesize) {
        throw new UnsupportedOperationException();
    }

    /** skb_clone: shares data and pages; they are released with the last clone. */
    public int clone(int skb) {
        throw new UnsupportedOperationException();
    }

    /** Device that the packet is attributed to now; null if none. */
    public NetDevice dev(int skb) {
        throw new UnsupportedOperationException();
    }

    /** Rewrites the device pointer (bonding), or clears it with null. */
    public void dev(int skb, NetDevice dev) {
        throw new UnsupportedOperationException();
    }

    /** Pieces that lie in pages: the linear part if it was built round a page, then the fragments. */
    public int frags(int skb) {
        throw new UnsupportedOperationException();
    }

    /** Page of a piece. */
    public int page(int skb, int frag) {
        throw new UnsupportedOperationException();
    }

    /** Offset of a piece in its page. */
    public int fragOffset(int skb, int frag) {
        throw new UnsupportedOperationException();
    }

    /** Bytes of a piece. */
    public int fragLength(int skb, int frag) {
        throw new UnsupportedOperationException();
    }

    /** Packets on the wire that GRO made this one of; 1 otherwise. */
    public int segments(int skb) {
        throw new UnsupportedOperationException();
    }

    /** Packets alive. */
    public int live() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void release(int skb) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void releaseDeferred(int skb) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int length(int skb) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int truesize(int skb) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int cpu(int skb) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int flow(int skb) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void heldBy(int skb, int holder) {
        throw new UnsupportedOperationException();
    }
}
