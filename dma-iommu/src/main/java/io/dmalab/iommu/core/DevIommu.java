package io.dmalab.iommu.core;

/** What struct device holds for the generic IOMMU layer: its group, and whether its DMA ops lead there. */
final class DevIommu {
    /** dev->iommu_group; NULL once the device has been released. */
    IommuGroup group;
    /** What the hardware translates by; null while it blocks. */
    IommuDomain attached;
    /** dev->dma_ops was cleared when the driver was unbound: calls are direct ones. */
    boolean direct;
    /** The 32-bit range is tried first. */
    boolean pci32BitWorkaround = true;
}
