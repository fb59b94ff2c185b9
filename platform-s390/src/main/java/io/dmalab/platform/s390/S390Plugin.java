package io.dmalab.platform.s390;

import io.dmalab.api.EmulatorPlugin;
import io.dmalab.api.Extension;
import io.dmalab.api.Extensions;
import io.dmalab.api.device.Platform;
import io.dmalab.api.dma.IommuBackend;
import java.util.List;

/** The mainframe of report A3. */
public final class S390Plugin implements EmulatorPlugin {
    @Override
    public String id() {
        return "platform-s390";
    }

    @Override
    public String summary() {
        return "IBM Z partition with zPCI functions, before and after the generic IOMMU layer";
    }

    @Override
    public List<String> requires() {
        return List.of("dma-iommu", "platform-pci");
    }

    @Override
    public void register(Extensions extensions) {
        extensions.add(Extension.of(Platform.class, "s390", S390Platform.class, "IBM Z partition with hot-pluggable zPCI functions")
                .options(S390Options.class)
                .description("""
                        Models arch/s390/pci and drivers/pci/hotplug/s390_pci_hpc.c. Policies for tables have nothing to do here: no hook of theirs is
                        asked when a translation is freed.
                        """));
        extensions.add(Extension.of(IommuBackend.class, "s390", S390Iommu.class,
                "the generic IOMMU layer over zPCI functions (6.7 and later)")
                .description("""
                        A late unmap reads a domain pointer through a NULL group, finds the lowcore's contents there, and oopses in
                        iommu_iova_to_phys. The blocking domain keeps the device out of memory and does not change that.
                        """));
        extensions.add(Extension.of(IommuBackend.class, "s390-zpci", ZpciDma.class, "DMA ops of zPCI's own (until 6.6)")
                .description("""
                        A late unmap finds no translation table, notes an unmap error in the debug feature pci_error, and goes on; nothing is in the
                        kernel log.
                        """));
    }
}
