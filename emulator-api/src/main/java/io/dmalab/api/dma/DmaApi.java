package io.dmalab.api.dma;

import io.dmalab.api.device.Device;

/**
 * The DMA API (kernel/dma/mapping.c) with a ledger of live mappings. Calls may come from any context unless said otherwise. Every map and
 * unmap is checked in pairs: an unmap must name a live mapping of the same size and direction.
 */
public interface DmaApi {
    /** DMA_MAPPING_ERROR: all ones. */
    long MAPPING_ERROR = -1L;

    /** DMA_ATTR_WEAK_ORDERING. Attributes are shown in trace events; they change nothing else in the model. */
    int ATTR_WEAK_ORDERING = 1 << 1;
    /** DMA_ATTR_SKIP_CPU_SYNC: the caller does its own cache maintenance. */
    int ATTR_SKIP_CPU_SYNC = 1 << 5;
    /** DMA_ATTR_NO_WARN. */
    int ATTR_NO_WARN = 1 << 8;

    /** dma_map_page_attrs(). {@link #MAPPING_ERROR} on failure. */
    long mapPage(Device device, int page, int offset, int bytes, DmaDirection direction);

    /** dma_unmap_page_attrs(). */
    void unmapPage(Device device, long dmaAddress, int bytes, DmaDirection direction);

    /** {@link #mapPage(Device, int, int, int, DmaDirection)} with a sum of the {@code ATTR_} numbers. */
    default long mapPage(Device device, int page, int offset, int bytes, DmaDirection direction, int attrs) {
        return mapPage(device, page, offset, bytes, direction);
    }

    /** {@link #unmapPage(Device, long, int, DmaDirection)} with a sum of the {@code ATTR_} numbers. */
    default void unmapPage(Device device, long dmaAddress, int bytes, DmaDirection direction, int attrs) {
        unmapPage(device, dmaAddress, bytes, direction);
    }

    /** dma_alloc_coherent(): memory for rings and mailboxes, bidirectional. {@link #MAPPING_ERROR} on failure. Task context. */
    long allocCoherent(Device device, long bytes);

    /** dma_free_coherent(). Task context. */
    void freeCoherent(Device device, long dmaAddress, long bytes);

    /** dma_set_mask_and_coherent(): asks the backend, which may create a DMA window. False if unsupported. Task context. */
    boolean setMask(Device device, long mask);

    /**
     * An access by the device itself. Returns the physical address the hardware reaches, or -1 if the host bridge or IOMMU refused it; a
     * refusal is a finding, and may have frozen the device ({@link IommuBackend#refused}).
     */
    long deviceAccess(Device device, long dmaAddress, int bytes, boolean write);

    /** The device does no DMA any more: the host bridge has frozen it, or it is gone ({@link Device#disconnected}). */
    boolean frozen(Device device);

    /** Number of live streaming mappings of the device, as the ledger counts them. */
    int live(Device device);
}
