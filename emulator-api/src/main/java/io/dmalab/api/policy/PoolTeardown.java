package io.dmalab.api.policy;

import io.dmalab.api.device.Device;
import io.dmalab.api.kernel.Kernel;
import java.util.function.IntConsumer;

/** A page_pool that is being destroyed: its cache is empty, its ring may not be. Task context. */
public interface PoolTeardown {
    Kernel kernel();

    Device device();

    /** Pages still out. */
    int inflight();

    /** Empties the recycle ring: its pages are unmapped and freed. */
    void emptyRing();

    /** dma_sync_for_device is off from now on. True if it was on: whoever still syncs is done after a grace period. */
    boolean stopSync();

    /** The pool forgets that it maps: pages that come back are freed without an unmap. */
    void dropDmaMap();

    /** Pages that come back from now on leave the pool at once, in the context of whoever brings them, and not through the ring. */
    void stopRecycling();

    /** Ends the DMA mapping of a page that is still out and notes in the page that it has none. */
    void unmap(int page);

    /** Every page that belongs to the pool, in order of page number; what a scan of the memory map would find. */
    void forEachPage(IntConsumer page);
}
