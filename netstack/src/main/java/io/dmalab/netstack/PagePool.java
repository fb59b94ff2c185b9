package io.dmalab.netstack;

import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.KernelObject;

/** A page pool (net/core/page_pool.c, v6.14): one per receive queue. */
public final class PagePool {
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

    PagePool() {}

    /**
     * page_pool_alloc_pages: a page with pp_ref_count 1, mapped; -1 if none is left or none could be mapped. Called by the NAPI that owns the
     * pool, or by the opener before NAPI is enabled.
     */
    public int allocPage() {
        throw new UnsupportedOperationException();
    }

    /**
     * page_pool_alloc_frag: part of a page shared with other callers; the caller owns one reference.
     *
     * @return page number in the upper and offset in the lower half; -1 if there is none
     */
    public long allocFrag(int bytes) {
        throw new UnsupportedOperationException();
    }

    /** page_pool_fragment_page: sets pp_ref_count to {@code owners} (a driver's bias). */
    public void fragment(int page, int owners) {
        throw new UnsupportedOperationException();
    }

    /** Drops {@code owners} of pp_ref_count; the last one recycles or releases the page. Any context but hard interrupts. */
    public void put(int page, int owners, boolean allowDirect) {
        throw new UnsupportedOperationException();
    }

    /** page_pool_get_dma_addr. */
    public long dmaAddress(int page) {
        throw new UnsupportedOperationException();
    }

    /** pp_ref_count. */
    public int owners(int page) {
        throw new UnsupportedOperationException();
    }

    /** page_pool_update_nid: pages of another node are given up from now on. NAPI context. */
    public void updateNid(int nid) {
        throw new UnsupportedOperationException();
    }

    /** xdp_rxq_info_reg_mem_model: one more user. */
    public void registerMemModel() {
        throw new UnsupportedOperationException();
    }

    /** xdp_rxq_info_unreg: drops that user; may be the one that really destroys the pool. Task context. */
    public void unregisterMemModel() {
        throw new UnsupportedOperationException();
    }

    /** page_pool_destroy. Task context; never waits for pages. */
    public void destroy() {
        throw new UnsupportedOperationException();
    }

    /** From 1, in order of creation. */
    public int id() {
        throw new UnsupportedOperationException();
    }

    /** Pages that left the page allocator for this pool and did not go back: in cache, ring, driver and stack. */
    public int inflight() {
        throw new UnsupportedOperationException();
    }

    /** Pages of the pool with a live DMA mapping. */
    public int mapped() {
        throw new UnsupportedOperationException();
    }

    /** The last user is gone; pages may be out still. */
    public boolean isDestroyed() {
        throw new UnsupportedOperationException();
    }

    public PagePoolStats stats() {
        throw new UnsupportedOperationException();
    }

    public Device device() {
        throw new UnsupportedOperationException();
    }

    /** The interface it is linked to: the driver's, after that one's unregistration loopback; null if none. */
    public NetDevice netdev() {
        throw new UnsupportedOperationException();
    }

    /** The watched struct page_pool. */
    public KernelObject object() {
        throw new UnsupportedOperationException();
    }
}
