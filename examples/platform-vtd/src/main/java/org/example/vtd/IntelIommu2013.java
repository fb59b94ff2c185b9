package org.example.vtd;

import io.dmalab.api.Components;
import io.dmalab.api.KernelFunction;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.HotplugEvent.DeviceChanged.Phase;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelOops;
import jakarta.inject.Inject;

// tag::era
/**
 * The backend {@code intel-iommu-2013}: the order of report A5 (drivers/iommu/intel-iommu.c of about v3.14, before it used
 * BUS_NOTIFY_REMOVED_DEVICE; facts: real-world-reports.md A5 and C13). The domain is destroyed on a notice that comes before the driver's
 * remove, whose own unmaps then find no domain: BUG_ON. Only this order is of that time; everything else is as {@link IntelIommu} has it.
 */
final class IntelIommu2013 extends IntelIommu {
    private static final String BUG = "kernel BUG at drivers/iommu/intel-iommu.c!";

    @Inject
    IntelIommu2013(Kernel kernel, Components components, RemappingUnit unit) {
        super(kernel, components, unit);
    }

    /** Any of those before the driver's remove does; the notice of that time, DEL_DEVICE, was sent before it, and today is not. */
    @Override
    Phase releasedOn() {
        return Phase.UNBIND;
    }

    @Override
    @KernelFunction("intel_unmap_page")
    public void unmap(Device device, long dmaAddress, long bytes, DmaDirection direction) {
        findDomain(device);
        super.unmap(device, dmaAddress, bytes, direction);
    }

    @Override
    @KernelFunction("intel_free_coherent")
    public void unmapCoherent(Device device, long dmaAddress, long bytes) {
        findDomain(device);
        super.unmapCoherent(device, dmaAddress, bytes);
    }

    private void findDomain(Device device) {
        if (dev(device).group == null) {
            kernel.findings().report(FindingKind.BUG, device.name(),
                    "an unmap found no domain: it was destroyed before the driver was unbound");
            kernel.printk().err(BUG);
            kernel.printk().dumpStack();
            throw new KernelOops(BUG);
        }
    }
}
// end::era
