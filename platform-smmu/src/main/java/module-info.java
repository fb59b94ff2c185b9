/** arm64 server with an SMMUv3. Everything is reached through the plugin's extensions. */
module io.dmalab.platform.smmu {
    requires io.dmalab.api;
    requires io.dmalab.iommu;
    requires io.dmalab.platform.pci;

    opens io.dmalab.platform.smmu;

    provides io.dmalab.api.EmulatorPlugin with io.dmalab.platform.smmu.SmmuPlugin;
}
