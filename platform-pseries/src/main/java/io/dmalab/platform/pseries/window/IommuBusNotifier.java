package io.dmalab.platform.pseries.window;

import io.dmalab.api.MachineScoped;
import io.dmalab.api.device.HotplugEvent;
import io.dmalab.api.device.HotplugEvent.DeviceChanged.Phase;
import io.dmalab.api.device.HotplugNotifier;
import jakarta.inject.Inject;

/** iommu_bus_notifier() of drivers/iommu/iommu.c (v6.12): a device that is gone leaves its group. */
@MachineScoped
public final class IommuBusNotifier implements HotplugNotifier {
    private final PciDmaSetup setup;

    @Inject
    public IommuBusNotifier(PciDmaSetup setup) {
        this.setup = setup;
    }

    @Override
    public Answer notify(HotplugEvent event) {
        if (!(event instanceof HotplugEvent.DeviceChanged change) || change.phase() != Phase.REMOVED) {
            return Answer.DONE;
        }
        setup.release(change.device());
        return Answer.OK;
    }
}
