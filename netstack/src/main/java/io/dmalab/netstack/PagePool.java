package io.dmalab.netstack;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.Pages;
import io.dmalab.api.kernel.Scheduler;
import io.dmalab.api.kernel.StateSource;
import io.dmalab.api.policy.PoolGuard;
import io.dmalab.api.tracepoint.PagePoolEvents;

/**
 * A page pool (net/core/page_pool.c, v6.14): one per receive queue. Allocation and recycling; {@link PoolRelease} tears it down. Left
 * out: orders above 0, memory providers, pfmemalloc pages, bulk puts (XDP only).
 */
public final class PagePool {
    private static final int STRUCT_BYTES = 1920;

    /**
     * What page_pool_create is given. Order is 0 and the flags are the two booleans.
     *
     * @param device    whose DMA API the pool calls
     * @param netdev    interface it belongs to, null if none: decides about the stall warning
     * @param napi      NAPI whose CPU may recycle directly, null if none
     * @param cpu       CPU whose softirqs may always recycle directly (page_pool_create_percpu, system pools); -1 for a NIC's pool
     * @param poolSize  slots of the recycle ring, 0 for 1024
     * @param direction FROM_DEVICE or BIDIRECTIONAL if the pool maps
     * @param dmaMap    PP_FLAG_DMA_MAP: the pool maps its pages
     * @param dmaSync   PP_FLAG_DMA_SYNC_DEV: needs dmaMap and maxLen
     * @param maxLen    bytes the device may write to
     * @param offset    where in the page the device's part begins
     */
    public record Params(Device device, NetDevice netdev, Napi napi, int cpu, int poolSize, DmaDirection direction,
                         boolean dmaMap, boolean dmaSync, int maxLen, int offset) {}

    /**
     * What is fixed when a kernel is built; small worlds want less of it.
     *
     * @param bulk  pages of a bulk allocation and of a refill of the cache (PP_ALLOC_CACHE_REFILL), 1 to 64
     * @param order in which a pool that ends takes its pages; null for that of arrival
     */
    public record Tuning(int bulk, TakeOrder order) {
        static final Tuning KERNEL = new Tuning(PoolAlloc.CACHE_REFILL, null);

        public Tuning {
            if (bulk < 1 || bulk > PoolAlloc.CACHE_REFILL) {
                throw new IllegalArgumentException("bulk " + bulk + " is out of range; use 1 to " + PoolAlloc.CACHE_REFILL);
            }
        }
    }

    final PtrRing ring;
    final PoolDma dma;
    final PoolFrag frag;
    final PoolCounters counters;
    final PoolAlloc alloc;
    /** Null for that of arrival. */
    final TakeOrder order;
    Napi napi;
    int cpuid;
    NetDevice netdev;

    private final Kernel kernel;
    private final Scheduler sched;
    private final Pages pages;
    private final PageFields fields;
    private final Params params;
    private final int id;
    private final KernelObject object;
    private final PoolRelease release;
    private final PoolGuard guard;
    /** Who has a page that is in the cache or the ring, for the ledger. */
    private final int holder;
    /** Since 6.16 the pool is not freed while a producer is inside the ring. */
    private final boolean producersWaitedFor;

    PagePool(Kernel kernel, PagePools pools, PageFields fields, Params params, Tuning tuning, int ringSize, int id, PoolGuard builtIn,
            PoolGuard policy) {
        this.kernel = kernel;
        this.sched = kernel.sched();
        this.pages = kernel.pages();
        this.fields = fields;
        this.params = params;
        this.id = id;
        this.napi = params.napi();
        this.cpuid = params.cpu();
        this.netdev = params.netdev();
        this.guard = policy;
        this.dma = new PoolDma(kernel, fields, params, builtIn, policy);
        this.object = kernel.memory().kzalloc("page_pool", STRUCT_BYTES);
        this.ring = new PtrRing(kernel, object, ringSize);
        this.producersWaitedFor = kernel.profile().poolTracksMappings();
        this.counters = new PoolCounters(kernel, object, id);
        this.frag = new PoolFrag(kernel, this, fields);
        this.holder = pages.holder("page_pool " + id);
        this.order = tuning.order();
        this.alloc = new PoolAlloc(kernel, this, fields, holder, tuning.bulk());
        this.release = new PoolRelease(kernel, pools, this, fields, builtIn, policy);
        object.state(this::tell);
    }

    /** The pool's state as far as its pages are alike; where each of them is, is for whoever counts them to tell. */
    private void tell(StateSource.State into) {
        into.value(isDestroyed() ? 1 : 0);
        into.value(counters.inflight());
        into.value(dma.mapped());
        into.value(ring.count());
        into.value(alloc.count());
    }

    // allocation

    /**
     * page_pool_alloc_pages: a page with pp_ref_count 1, mapped; -1 if none is left or none could be mapped. Called by the NAPI that
     * owns the pool, or by the opener before NAPI is enabled.
     */
    @KernelFunction("page_pool_alloc_pages")
    public int allocPage() {
        return alloc.alloc();
    }

    /**
     * page_pool_alloc_frag: part of a page shared with other callers; the caller owns one reference. More than half a page gets a page
     * of its own.
     *
     * @param bytes 1 to the page size
     * @return page number in the upper and offset in the lower half; -1 if there is none
     */
    @KernelFunction("page_pool_alloc_frag")
    public long allocFrag(int bytes) {
        return frag.alloc(bytes);
    }

    /** page_pool_fragment_page: sets pp_ref_count to {@code owners} (a driver's bias). */
    public void fragment(int page, int owners) {
        fields.fragment(page, owners);
    }

    // recycling

    /** Drops {@code owners} of pp_ref_count; the last one recycles or releases the page. Any context but hard interrupts. */
    public void put(int page, int owners, boolean allowDirect) {
        if (fields.unref(page, owners)) {
            putUnrefedPage(page, allowDirect);
        }
    }

    /** The last pool-aware owner has let go. */
    @KernelFunction("page_pool_put_unrefed_page")
    private void putUnrefedPage(int page, boolean allowDirect) {
        if (pages.refCount(page) != 1) {
            // whoever raised the reference count keeps plain memory without a mapping
            counters.releasedRefcnt++;
            returnPage(page);
            return;
        }
        if ((allowDirect || napiLocal()) && alloc.recycle(page)) {
            return;
        }
        if (!recycleInRing(page)) {
            counters.ringFull++;
            returnPage(page);
        }
    }

    /** page_pool_napi_local: a softirq on the CPU that owns the pool's NAPI. */
    private boolean napiLocal() {
        ContextKind context = sched.context();
        if (context == ContextKind.TASK || context == ContextKind.HARDIRQ) {
            return false;
        }
        int cpu = sched.cpu();
        object.read("p.napi");
        if (cpuid == cpu) {
            return true;
        }
        return napi != null && napi.listOwner() == cpu;
    }

    /**
     * page_pool_recycle_in_ring. Before 6.16 the pool may be gone as soon as the page is in the ring, as the worker does not wait for a
     * producer that is still inside; since then it does, and the statistics are counted under the lock.
     */
    private boolean recycleInRing(int page) {
        ring.lockProducer();
        boolean room = ring.produce(page);
        if (room) {
            pages.heldBy(page, holder);
            if (producersWaitedFor) {
                counters.ring++;
            }
        }
        ring.unlockProducer();
        if (room && !producersWaitedFor) {
            object.write("recycle_stats");
            counters.ring++;
        }
        return room;
    }

    /** The page leaves the pool for good: unmapped, disconnected, back to the page allocator. */
    @KernelFunction("page_pool_return_page")
    void returnPage(int page) {
        dma.release(page);
        fields.pool[page] = null;
        counters.release(page);
        // from here on the pool may be gone
        pages.put(page);
    }

    /** page_pool_update_nid: pages of another node are given up from now on, those in the cache at once. NAPI context. */
    @KernelFunction("page_pool_update_nid")
    public void updateNid(int newNid) {
        if (newNid < 0 || newNid > Byte.MAX_VALUE) {
            throw new IllegalArgumentException("node " + newNid);
        }
        kernel.trace().emit(PagePoolEvents.UPDATE_NID, object.address(), alloc.nid(), newNid);
        alloc.updateNid(newNid);
    }

    // life

    /** xdp_rxq_info_reg_mem_model: one more user. */
    public void registerMemModel() {
        release.addUser();
    }

    /** xdp_rxq_info_unreg: drops that user; may be the one that really destroys the pool. Task context. */
    @KernelFunction("xdp_rxq_info_unreg")
    public void unregisterMemModel() {
        release.destroy();
    }

    /** What the policy's bookkeeping has added to recycling so far. */
    long recyclePicos() {
        return guard.recyclePicos(counters.fast, counters.ring);
    }

    /** page_pool_destroy. Task context; never waits for pages. */
    public void destroy() {
        release.destroy();
    }

    // what it is

    /** page_pool_get_dma_addr. */
    public long dmaAddress(int page) {
        return fields.dmaAddress[page];
    }

    /** pp_ref_count. */
    public int owners(int page) {
        return fields.refCount[page];
    }

    /** From 1, in order of creation. */
    public int id() {
        return id;
    }

    /** Pages that left the page allocator for this pool and did not go back: in cache, ring, driver and stack. */
    public int inflight() {
        return Math.max(0, counters.inflight());
    }

    /** Pages of the pool with a live DMA mapping. */
    public int mapped() {
        return dma.mapped();
    }

    /** Pages in the recycle ring. */
    public int ringCount() {
        return ring.count();
    }

    /** Not in the kernel: the page is the next that leaves the ring. False if it is not there. */
    public boolean bringForward(int page) {
        int index = ringIndex(page);
        if (index >= 0) {
            ring.bringForward(index);
        }
        return index >= 0;
    }

    /** Whether the page is in the recycle ring. A walk through it. */
    public boolean isInRing(int page) {
        return ringIndex(page) >= 0;
    }

    private int ringIndex(int page) {
        for (int i = 0; i < ring.count(); i++) {
            if (ring.page(i) == page) {
                return i;
            }
        }
        return -1;
    }

    /** Whether the page has a live DMA mapping. */
    public boolean isMapped(int page) {
        return fields.dmaAddress[page] != PageFields.UNMAPPED;
    }

    /** Pages in the alloc cache. */
    public int cacheCount() {
        return alloc.count();
    }

    /** The last user is gone; pages may be out still. */
    public boolean isDestroyed() {
        return release.isDestroyed();
    }

    /** The struct itself is gone. */
    public boolean isFreed() {
        return !object.alive();
    }

    public PagePoolStats stats() {
        return counters.snapshot();
    }

    public Device device() {
        return params.device();
    }

    /** PP_FLAG_DMA_MAP. */
    public boolean mapsPages() {
        return params.dmaMap();
    }

    /** The interface it is linked to: the driver's, after that one's unregistration loopback; null if none. */
    public NetDevice netdev() {
        return netdev;
    }

    /** The watched struct page_pool. */
    public KernelObject object() {
        return object;
    }
}
