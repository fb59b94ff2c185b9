package io.dmalab.api.tracepoint;

import io.dmalab.api.kernel.EventType;
import java.util.List;

/**
 * Trace points of the DMA API (include/trace/events/dma.h, v6.12 to v6.18); kernels before 6.12 have none. Left out: scatterlists,
 * resources, and the synchronisation of caches.
 */
public final class DmaEvents {
    public static final EventType MAP = EventType.of("dma:dma_map_page",
            "%s dir=%s dma_addr=%llx size=%zu phys_addr=%llx attrs=%s", "device", "dir", "dma_addr", "size", "phys_addr", "attrs")
            .renamed("6.18", "dma:dma_map_phys");
    /** Emitted after the IOMMU's unmap. */
    public static final EventType UNMAP = EventType.of("dma:dma_unmap_page",
            "%s dir=%s dma_addr=%llx size=%zu attrs=%s", "device", "dir", "dma_addr", "size", "attrs")
            .renamed("6.18", "dma:dma_unmap_phys");

    /** Coherent memory. The model has an event of its own for it; recorded traces have this one. */
    public static final EventType ALLOC = EventType.of("dma:dma_alloc",
            "%s dir=%s dma_addr=%llx size=%zu virt_addr=%p flags=%s attrs=%s",
            "device", "dir", "dma_addr", "size", "virt_addr", "flags", "attrs")
            .before("6.13", "%s dma_addr=%llx size=%zu virt_addr=%p flags=%s attrs=%s",
                    "device", "dma_addr", "size", "virt_addr", "flags", "attrs");
    public static final EventType FREE = EventType.of("dma:dma_free",
            "%s dir=%s dma_addr=%llx size=%zu virt_addr=%p attrs=%s", "device", "dir", "dma_addr", "size", "virt_addr", "attrs")
            .before("6.13", "%s dma_addr=%llx size=%zu virt_addr=%p attrs=%s", "device", "dma_addr", "size", "virt_addr", "attrs");

    private DmaEvents() {}

    static List<EventType> all() {
        return List.of(MAP, UNMAP, ALLOC, FREE);
    }
}
