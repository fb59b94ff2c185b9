package io.dmalab.platform.pci;

import io.dmalab.api.EmulatorPlugin;
import io.dmalab.api.Extension;
import io.dmalab.api.Extensions;
import io.dmalab.api.device.Platform;
import io.dmalab.api.dma.IommuBackend;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.platform.pci.direct.BounceBuffers;
import io.dmalab.platform.pci.direct.DmaDirect;

/** PCI Express machines without an IOMMU, and hot-plug slots for platforms that have one. */
public final class PciPlugin implements EmulatorPlugin {
    @Override
    public String id() {
        return "platform-pci";
    }

    @Override
    public String summary() {
        return "PCI Express machine without an IOMMU: hot-plug slots, dma-direct, bounce buffers";
    }

    @Override
    public void register(Extensions extensions) {
        extensions.add(Extension.of(Platform.class, "pci", PciPlatform.class, "PCI Express machine with hot-plug slots and no IOMMU")
                .options(PciOptions.class)
                .description("""
                        Models drivers/pci/hotplug/pciehp and pci-sysfs.c over kernel/dma/direct.c. There is no translation that a removal
                        could take away: policies for tables have nothing to do here.
                        """));
        extensions.add(Extension.of(IommuBackend.class, "dma-direct", DmaDirect.class,
                "no IOMMU: physical addresses, range map, bounce buffers")
                .description("""
                        A late unmap is silent. Without an offset between bus and memory it is harmless; with one it works with a wrong physical
                        address, because unbinding clears the range map: bounce buffers are lost, or another device's are freed.
                        """));
        extensions.add(Extension.of(FreePolicy.class, "bounce-buffers", BounceBuffers.class, BounceBuffers.SUMMARY)
                .options(BounceBuffers.Options.class)
                .description(BounceBuffers.DESCRIPTION));
    }
}
