/** The generic IOMMU layer (drivers/iommu) for platforms that stand on it, and its IOVA allocators for every platform. */
module io.dmalab.iommu {
    requires transitive io.dmalab.api;

    exports io.dmalab.iommu.core;

    opens io.dmalab.iommu;
    opens io.dmalab.iommu.core;
    opens io.dmalab.iommu.iova;

    provides io.dmalab.api.EmulatorPlugin with io.dmalab.iommu.IommuPlugin;
}
