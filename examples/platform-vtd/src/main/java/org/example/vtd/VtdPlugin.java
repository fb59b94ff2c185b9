package org.example.vtd;

import io.dmalab.api.EmulatorPlugin;
import io.dmalab.api.Extension;
import io.dmalab.api.Extensions;
import io.dmalab.api.device.DeviceDriver;
import io.dmalab.api.device.Platform;
import io.dmalab.api.dma.DmaAllocator;
import io.dmalab.api.dma.IommuBackend;

/** What this jar adds to dmalab. */
public final class VtdPlugin implements EmulatorPlugin {
    // tag::identity
    @Override
    public String id() {
        return "example-platform-vtd";
    }

    @Override
    public String summary() {
        return "An example: x86 server whose PCI devices are behind an Intel VT-d IOMMU";
    }
    // end::identity

    // tag::register
    @Override
    public void register(Extensions extensions) {
        extensions.events(VtdEvents.IOTLB_INVALIDATION, VtdEvents.STALE_ACCESS);
        extensions.add(Extension.of(Platform.class, "x86-vtd", VtdPlatform.class,
                "server whose PCI devices are behind an Intel VT-d IOMMU (x86)")
                .options(VtdOptions.class)
                .description("""
                        Devices come and go through sysfs, or are pulled. Policies for tables have nothing to do here: no hook of theirs
                        is asked when a domain is freed.
                        """));
        extensions.add(Extension.of(IommuBackend.class, "intel-iommu", IntelIommu.class, "Intel VT-d as dma-iommu drives it (6.14)")
                .description("""
                        A late unmap reads default_domain of a NULL group and oopses (6.10 and later). Until 6.9 the device's release had
                        cleared its DMA ops, and it was silent. After an unbind without a removal it works.
                        """));
        extensions.add(Extension.of(IommuBackend.class, "intel-iommu-2013", IntelIommu2013.class,
                "Intel VT-d when it let go of a device before its driver did")
                .description("""
                        Report A5: the domain is destroyed on a notice that comes before the driver is unbound, so that the driver's own
                        unmaps hit a BUG_ON. Nobody has to be late for that.
                        """));
        extensions.add(Extension.of(DmaAllocator.class, "vtd-iova", IovaDomain.class, "a tree from the top down, behind per-CPU magazines")
                .description("drivers/iommu/iova.c: what was freed last on a CPU is handed out first there."));
        extensions.add(Extension.of(DeviceDriver.class, "abort-hba", AbortHba.class,
                "storage controller whose driver gives up a command that the hardware goes on with")
                .options(AbortHbaOptions.class)
                .description("""
                        The bug that strict invalidation turns into a fault and lazy invalidation into a write to somebody else's memory.
                        """));
    }
    // end::register
}
