package io.dmalab.platform.pseries.window;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceNode;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.platform.pseries.pci.PciDn;
import jakarta.inject.Inject;

/** Backend {@code pseries-ddw}: a device with a large enough mask asks for a dynamic DMA window, and enable_ddw decides. */
public class DdwBackend extends DmaIommu {
    private static final long MASK_32 = 0xffff_ffffL;
    private static final long MASK_64 = -1L;

    private final Kernel kernel;
    private final EnableDdw enableDdw;

    @Inject
    public DdwBackend(Kernel kernel, PciDmaSetup setup, DdwParts parts, EnableDdw enableDdw) {
        super(setup, parts.log());
        this.kernel = kernel;
        this.enableDdw = enableDdw;
    }

    /** iommu_bypass_supported_pSeriesLP(): up to 6.14 the mask had to be exactly 64 bits. */
    @Override
    @KernelFunction("iommu_bypass_supported_pSeriesLP")
    boolean bypassSupported(Device device, long mask) {
        boolean eligible = kernel.profile().ddwAnyMaskOver32() ? Long.compareUnsigned(mask, MASK_32) > 0 : mask == MASK_64;
        if (!eligible) {
            return false;
        }
        DeviceNode pdn = windowNode(device);
        return pdn != null && PciDn.of(pdn) != null && enableDdw.enable(device, pdn, mask);
    }
}
