/** PCI machines: hot-plug slots for every platform that has some, and the platform without an IOMMU. */
module io.dmalab.platform.pci {
    requires transitive io.dmalab.api;

    exports io.dmalab.platform.pci.hotplug;

    opens io.dmalab.platform.pci;
    opens io.dmalab.platform.pci.direct;
    opens io.dmalab.platform.pci.hotplug;

    provides io.dmalab.api.EmulatorPlugin with io.dmalab.platform.pci.PciPlugin;
}
