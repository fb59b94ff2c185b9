package io.dmalab.core.device;

import io.dmalab.api.kernel.EventType;

/**
 * Trace events of this package. The {@code dma:*} pair has the kernel's layout (include/trace/events/dma.h, 6.12); the others are
 * dmalab's own: the kernel has no trace points at these places.
 */
final class DeviceEvents {
    static final EventType DMA_MAP_PAGE = EventType.of("dma:dma_map_page",
            "%s dir=%s dma_addr=%x size=%u phys_addr=%x attrs=%s", "device", "dir", "dma_addr", "size", "phys_addr", "attrs");
    static final EventType DMA_UNMAP_PAGE = EventType.of("dma:dma_unmap_page",
            "%s dir=%s dma_addr=%x size=%u attrs=%s", "device", "dir", "dma_addr", "size", "attrs");

    static final EventType ALLOC_COHERENT = EventType.of("dmalab:dma_alloc_coherent",
            "%s dma_addr=%x size=%u phys_addr=%x", "device", "dma_addr", "size", "phys_addr");
    static final EventType FREE_COHERENT = EventType.of("dmalab:dma_free_coherent", "%s dma_addr=%x size=%u", "device", "dma_addr", "size");
    static final EventType SET_MASK = EventType.of("dmalab:dma_set_mask", "%s mask=%x supported=%d", "device", "mask", "supported");
    static final EventType ACCESS_REFUSED = EventType.of("dmalab:device_access_refused",
            "%s dma_addr=%x size=%u write=%d", "device", "dma_addr", "size", "write");

    /** Around the calls of the reconfiguration chain, which may take minutes. */
    static final EventType OF_RECONFIG = EventType.of("dmalab:of_reconfig", "action=%s node=%s", "action", "node");
    static final EventType OF_RECONFIG_DONE = EventType.of("dmalab:of_reconfig_done",
            "action=%s node=%s answer=%s", "action", "node", "answer");
    static final EventType OF_PROPERTY = EventType.of("dmalab:of_property", "action=%s node=%s property=%s", "action", "node", "property");

    /** Emitted before the bus chain is called. */
    static final EventType BUS_NOTIFY = EventType.of("dmalab:bus_notify", "%s action=%s", "device", "action");
    static final EventType DEVICE_RELEASE = EventType.of("dmalab:device_release", "%s", "device");

    private DeviceEvents() {}
}
