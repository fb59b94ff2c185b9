package io.dmalab.platform.smmu;

import io.dmalab.api.EmulatorPlugin;
import io.dmalab.api.Extension;
import io.dmalab.api.Extensions;
import io.dmalab.api.device.Platform;
import io.dmalab.api.dma.IommuBackend;
import java.util.List;

/** The arm64 server of reports A2 and A4. */
public final class SmmuPlugin implements EmulatorPlugin {
    @Override
    public String id() {
        return "platform-smmu";
    }

    @Override
    public String summary() {
        return "arm64 server with PCI Express hot-plug behind an SMMUv3";
    }

    @Override
    public List<String> requires() {
        return List.of("dma-iommu", "platform-pci");
    }

    @Override
    public void register(Extensions extensions) {
        extensions.add(Extension.of(Platform.class, "arm64-smmu", SmmuPlatform.class,
                "server whose PCI devices are behind an SMMUv3 (arm64)")
                .options(SmmuOptions.class)
                .description("""
                        Report A2's machine: virtual functions that come and go through sriov_numvfs. Policies for tables have nothing to do here: no
                        hook of theirs is asked when a domain is freed.
                        """));
        extensions.add(Extension.of(IommuBackend.class, "smmu-v3", ArmSmmuV3.class, "SMMUv3 under the generic IOMMU layer (dma-iommu)")
                .description("""
                        A late unmap reads default_domain of a NULL group and oopses (6.10 and later). Until 6.9 unbinding cleared the DMA ops, and it
                        was silent. After an unbind without a removal it works.
                        """));
    }
}
