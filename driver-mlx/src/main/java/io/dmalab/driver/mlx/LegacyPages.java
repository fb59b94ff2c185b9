package io.dmalab.driver.mlx;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.Counter;
import io.dmalab.api.kernel.Kernel;

/**
 * Pages that the driver maps and unmaps itself (en_rx.c up to v6.2): a private FIFO keeps mapped pages for reuse; skbs hold ordinary page
 * references. When the driver lets go of a page it ends the mapping, whatever the stack still holds, and the memory lives on unmapped: no
 * unmap can come late. Left out: the page_pool without DMA flags that served as a mere allocator there.
 */
final class LegacyPages implements RxPages {
    /** MLX5E_CACHE_SIZE: four times the NAPI budget. */
    private static final int CACHE = 256;
    /** Counters of the receive pages that the driver mapped, and of those it unmapped before its queue was closed. */
    static final String MAPS = "driver_page_maps";
    static final String UNMAPS = "driver_page_unmaps";

    private final Mdev mdev;
    private final Kernel kernel;
    private final int pageSize;
    private final int holder;
    private final Counter maps;
    private final Counter unmaps;
    private final int[] cachedPage = new int[CACHE];
    private final long[] cachedAddress = new long[CACHE];
    private int head;
    private int tail;
    private long address;

    LegacyPages(Mdev mdev, RingLayout layout) {
        this.mdev = mdev;
        this.kernel = mdev.kernel();
        this.pageSize = layout.pageSize();
        this.maps = kernel.metrics().counter(MAPS);
        this.unmaps = kernel.metrics().counter(UNMAPS);
        this.holder = kernel.pages().holder("mlx5_core receive ring");
    }

    @Override
    @KernelFunction(value = "mlx5e_page_alloc_pool", module = "mlx5_core")
    public int take() {
        int page = cacheGet();
        if (page == NONE) {
            page = allocMapped();
        }
        if (page != NONE) {
            kernel.pages().heldBy(page, holder);
        }
        return page;
    }

    /** The oldest page of the cache, unless the stack still holds it: nobody looks behind it. */
    private int cacheGet() {
        if (head == tail || kernel.pages().refCount(cachedPage[head & CACHE - 1]) != 1) {
            return NONE;
        }
        int slot = head++ & CACHE - 1;
        address = cachedAddress[slot];
        return cachedPage[slot];
    }

    private int allocMapped() {
        int page = kernel.pages().alloc();
        if (page < 0) {
            return NONE;
        }
        address = kernel.dma().mapPage(mdev.device(), page, 0, pageSize, DmaDirection.FROM_DEVICE);
        if (address == DmaApi.MAPPING_ERROR) {
            kernel.pages().put(page);
            return NONE;
        }
        maps.increment();
        return page;
    }

    @Override
    public long takenAddress() {
        return address;
    }

    @Override
    public int buildSkb(int page, int offset, int length, int truesize, int flow) {
        kernel.pages().get(page);
        return mdev.skbs().build(page, offset, length, truesize, mdev.netdev(), flow);
    }

    @Override
    public boolean addFragment(int skb, int page, int offset, int length, int truesize) {
        if (!mdev.skbs().addFrag(skb, page, offset, length, truesize)) {
            return false;
        }
        kernel.pages().get(page);
        return true;
    }

    @Override
    @KernelFunction(value = "mlx5e_page_release_dynamic", module = "mlx5_core")
    public void release(int page, long dmaAddress, int fragments) {
        if (tail - head == CACHE) {
            unmaps.increment();
            unmapAndPut(page, dmaAddress);
            return;
        }
        int slot = tail++ & CACHE - 1;
        cachedPage[slot] = page;
        cachedAddress[slot] = dmaAddress;
    }

    @KernelFunction(value = "mlx5e_page_dma_unmap", module = "mlx5_core")
    private void unmapAndPut(int page, long dmaAddress) {
        kernel.dma().unmapPage(mdev.device(), dmaAddress, pageSize, DmaDirection.FROM_DEVICE);
        kernel.pages().put(page);
    }

    @Override
    public void destroy() {
        for (; head != tail; head++) {
            unmapAndPut(cachedPage[head & CACHE - 1], cachedAddress[head & CACHE - 1]);
        }
    }

    @Override
    public void unregister() {}

    /** Pages in the private cache, mapped. */
    int cached() {
        return tail - head;
    }
}
