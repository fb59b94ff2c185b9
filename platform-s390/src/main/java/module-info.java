/** IBM Z with zPCI functions. Everything is reached through the plugin's extensions. */
@SuppressWarnings("module") // the name ends in digits, as the architecture's does
module io.dmalab.platform.s390 {
    requires io.dmalab.api;
    requires io.dmalab.iommu;
    requires io.dmalab.platform.pci;

    opens io.dmalab.platform.s390;

    provides io.dmalab.api.EmulatorPlugin with io.dmalab.platform.s390.S390Plugin;
}
