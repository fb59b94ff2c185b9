package io.dmalab.netstack;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.MachineScoped;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.Pages;
import io.dmalab.api.kernel.Scheduler;
import io.dmalab.api.kernel.Trace;
import io.dmalab.api.net.Buffers;
import io.dmalab.api.tracepoint.NetEvents;
import jakarta.inject.Inject;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * struct sk_buff (net/core/skbuff.c, v6.14): a packet is an int, its fields stand in primitive arrays, its data in {@link SharedInfos}.
 * Left out: headers, checksums, control blocks, frag_list; GRO joins pieces into one packet as far as they fit.
 */
@MachineScoped
public final class SkBuffs implements Buffers {
    /** MAX_SKB_FRAGS. */
    public static final int MAX_FRAGS = 17;
    /** Bytes charged for struct sk_buff itself. */
    public static final int SKB_TRUESIZE = 256;
    /** Largest packet that GRO builds of packets without a larger limit (GRO_LEGACY_MAX_SIZE). */
    private static final int GRO_MAX_SIZE = 65536;

    private final Kernel kernel;
    private final Scheduler sched;
    private final Trace trace;
    private final long noLocation;
    private final Pages pages;
    private final PagePools pools;
    private final KernelObject shinfo;
    private final SkbFields skbs = new SkbFields();
    private final SharedInfos infos = new SharedInfos();
    private final SkbDeferLists deferLists;

    @Inject
    public SkBuffs(Kernel kernel, PagePools pools, Softnet softnet) {
        this.kernel = kernel;
        this.sched = kernel.sched();
        this.trace = kernel.trace();
        this.noLocation = trace.text(NetEvents.NO_LOCATION);
        this.pages = kernel.pages();
        this.pools = pools;
        this.shinfo = kernel.memory().global("skb_shared_info");
        this.deferLists = new SkbDeferLists(kernel, this, softnet);
        pages.holders(this::holdersOf);
    }

    // building

    /**
     * napi_build_skb round page memory, marked for recycle: takes over one pool owner of {@code page}, which becomes piece 0.
     *
     * @param truesize bytes of the page's part; the skb's own size is added
     */
    public int build(int page, int offset, int length, int truesize, NetDevice dev, int flow) {
        int data = infos.alloc(true);
        infos.head[data] = 1;
        infos.add(data, page, offset, length);
        return alloc(data, length, truesize, dev, flow);
    }

    /** napi_alloc_skb and a copy: an skb whose data so far lies in slab memory; holds no page. Fragments added later are pool owners. */
    public int allocCopy(int length, NetDevice dev, int flow) {
        return alloc(infos.alloc(true), length, length, dev, flow);
    }

    /**
     * A sender's skb: its data lies in pages of the page allocator (no pool), freed with the skb; -1 if memory is exhausted.
     *
     * @param length 1 to 17 pages
     */
    public int allocPages(int length, NetDevice dev, int flow) {
        int pageSize = pages.pageSize();
        if (length <= 0 || length > (long) MAX_FRAGS * pageSize) {
            throw new IllegalArgumentException(length + " bytes do not fit an skb");
        }
        int data = infos.alloc(false);
        int truesize = 0;
        for (int done = 0; done < length; done += pageSize) {
            int page = pages.alloc();
            if (page < 0) {
                releasePieces(data);
                infos.dataRef[data] = 0;
                infos.free(data);
                return -1;
            }
            infos.add(data, page, 0, Math.min(pageSize, length - done));
            truesize += pageSize;
        }
        return alloc(data, length, truesize, dev, flow);
    }

    private int alloc(int data, int bytes, int dataTruesize, NetDevice device, int flow) {
        int skb = skbs.alloc(data);
        skbs.length[skb] = bytes;
        skbs.truesize[skb] = SKB_TRUESIZE + dataTruesize;
        skbs.flow[skb] = flow;
        skbs.cpu[skb] = sched.cpu();
        skbs.segments[skb] = 1;
        skbs.dev[skb] = device;
        return skb;
    }

    /** skb_can_coalesce: this part continues the skb's last fragment in the same page. */
    public boolean canCoalesce(int skb, int page, int offset) {
        int data = skbs.info[skb];
        int last = infos.pieces[data] - 1;
        return last >= infos.head[data] && infos.page(data, last) == page
                && infos.offset(data, last) + infos.length(data, last) == offset;
    }

    /**
     * skb_add_rx_frag or, where {@link #canCoalesce} holds, skb_coalesce_rx_frag. A new fragment takes over one pool owner of the page,
     * a coalesced part none.
     *
     * @return true if it became a new fragment
     * @throws IllegalStateException if the packet has {@link #MAX_FRAGS} fragments
     */
    public boolean addFrag(int skb, int page, int offset, int bytes, int fragTruesize) {
        int data = skbs.info[skb];
        boolean coalesced = canCoalesce(skb, page, offset);
        if (coalesced) {
            infos.grow(data, bytes);
        } else if (infos.isFull(data)) {
            throw new IllegalStateException("packet " + skb + " has " + MAX_FRAGS + " fragments already");
        } else {
            infos.add(data, page, offset, bytes);
        }
        skbs.length[skb] += bytes;
        skbs.truesize[skb] += fragTruesize;
        return !coalesced;
    }

    /** skb_clone: shares data and pages; they are released with the last clone. */
    @KernelFunction("skb_clone")
    public int clone(int skb) {
        int data = skbs.info[skb];
        shinfo.write("dataref", data);
        infos.dataRef[data]++;
        int copy = alloc(data, skbs.length[skb], skbs.truesize[skb] - SKB_TRUESIZE, skbs.dev[skb], skbs.flow[skb]);
        skbs.cpu[copy] = skbs.cpu[skb];
        skbs.segments[copy] = skbs.segments[skb];
        return copy;
    }

    /**
     * skb_gro_receive: the pieces of {@code skb} become fragments of {@code held}, and {@code skb} itself is gone. False if they do not
     * fit.
     */
    boolean merge(int held, int skb) {
        int to = skbs.info[held];
        int from = skbs.info[skb];
        int fragments = infos.pieces[to] - infos.head[to] + infos.pieces[from];
        if (fragments > MAX_FRAGS || skbs.length[held] + skbs.length[skb] >= GRO_MAX_SIZE) {
            return false;
        }
        boolean copied = infos.pieces[from] == 0;
        infos.move(from, to);
        skbs.length[held] += skbs.length[skb];
        // the stolen head frees its struct sk_buff; a copied one is kept as it is
        skbs.truesize[held] += copied ? skbs.truesize[skb] : skbs.truesize[skb] - SKB_TRUESIZE;
        skbs.segments[held] += skbs.segments[skb];
        infos.dataRef[from] = 0;
        infos.free(from);
        skbs.free(skb);
        return true;
    }

    // releasing

    @Override
    @KernelFunction("consume_skb")
    public void release(int skb) {
        trace.emit(NetEvents.CONSUME_SKB, NetstackEvents.skb(skb), noLocation);
        free(skb);
    }

    /** kfree_skb_reason. @param reason of enum skb_drop_reason */
    @KernelFunction("kfree_skb_reason")
    void drop(int skb, String reason) {
        trace.emit(NetEvents.KFREE_SKB, NetstackEvents.skb(skb), 0, 0, noLocation, trace.text(reason));
        free(skb);
    }

    private void free(int skb) {
        int data = skbs.info[skb];
        if (data < 0) {
            kernel.findings().report(FindingKind.DOUBLE_FREE, "sk_buff " + skb, "a packet is released that is free already");
            return;
        }
        skbs.free(skb);
        shinfo.write("dataref", data);
        if (--infos.dataRef[data] > 0) {
            return;
        }
        releasePieces(data);
        infos.free(data);
    }

    @KernelFunction("skb_release_data")
    private void releasePieces(int data) {
        if (pages.watched()) {
            changedHands(data);
        }
        int count = infos.pieces[data];
        boolean recycle = infos.recycle[data];
        for (int i = 0; i < count; i++) {
            int page = infos.page(data, i);
            if (recycle) {
                pools.putPage(page, 1, false);
            } else {
                pages.put(page);
            }
        }
        infos.pieces[data] = 0;
    }

    @Override
    public void releaseDeferred(int skb) {
        deferLists.free(skb);
    }

    SkbDeferLists deferLists() {
        return deferLists;
    }

    // what it is

    /** Device that the packet is attributed to now; null if none. */
    public NetDevice dev(int skb) {
        return skbs.dev[skb];
    }

    /** Rewrites the device pointer (bonding), or clears it with null. */
    public void dev(int skb, NetDevice device) {
        skbs.dev[skb] = device;
    }

    /** Pieces that lie in pages: the linear part if it was built round a page, then the fragments. */
    public int frags(int skb) {
        return infos.pieces[skbs.info[skb]];
    }

    /** Page of a piece. */
    public int page(int skb, int frag) {
        return infos.page(skbs.info[skb], frag);
    }

    /** Offset of a piece in its page. */
    public int fragOffset(int skb, int frag) {
        return infos.offset(skbs.info[skb], frag);
    }

    /** Bytes of a piece. */
    public int fragLength(int skb, int frag) {
        return infos.length(skbs.info[skb], frag);
    }

    /** Its pages are pool owners (skb->pp_recycle). */
    public boolean recycles(int skb) {
        return infos.recycle[skbs.info[skb]];
    }

    /** Packets on the wire that GRO made this one of; 1 otherwise. */
    public int segments(int skb) {
        return skbs.segments[skb];
    }

    /** Packets alive. */
    public int live() {
        return skbs.live();
    }

    int next(int skb) {
        return skbs.next[skb];
    }

    void next(int skb, int following) {
        skbs.next[skb] = following;
    }

    @Override
    public int length(int skb) {
        return skbs.length[skb];
    }

    @Override
    public int truesize(int skb) {
        return skbs.truesize[skb];
    }

    @Override
    public int cpu(int skb) {
        return skbs.cpu[skb];
    }

    @Override
    public int flow(int skb) {
        return skbs.flow[skb];
    }

    @Override
    public String origin(int skb) {
        int data = skbs.info[skb];
        PagePool pool = infos.pieces[data] == 0 ? null : pools.ofPage(infos.page(data, 0));
        return pool == null || pool.netdev() == null ? "" : pool.netdev().name();
    }

    @Override
    public void heldBy(int skb, int newHolder) {
        skbs.holder[skb] = newHolder;
        if (pages.watched()) {
            changedHands(skbs.info[skb]);
        }
    }

    private void changedHands(int data) {
        for (int i = 0; i < infos.pieces[data]; i++) {
            pages.changedHands(infos.page(data, i));
        }
    }

    /** Who has packets with pieces in the page, each named once; empty if no packet has. Looks at every packet: for reports. */
    private List<String> holdersOf(int page) {
        Set<String> reasons = new LinkedHashSet<>();
        for (int skb = 0; skb < skbs.highWater(); skb++) {
            int data = skbs.info[skb];
            for (int i = data < 0 ? -1 : infos.pieces[data] - 1; i >= 0; i--) {
                if (infos.page(data, i) == page) {
                    reasons.add(skbs.holder[skb] == 0 ? "a packet on its way" : pages.reason(skbs.holder[skb]));
                }
            }
        }
        return List.copyOf(reasons);
    }
}
