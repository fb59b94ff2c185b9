package io.dmalab.platform.pseries.pci;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.MachineScoped;
import io.dmalab.api.device.HotplugEvent;
import io.dmalab.api.device.HotplugNotifier;
import jakarta.inject.Inject;

/**
 * The reconfiguration notifier of arch/powerpc/kernel/pci_dn.c (v6.12): unlinks a detached node's data, after the IOMMU's notifier used it.
 */
@MachineScoped
public final class PciDnNotifier implements HotplugNotifier {
    @Inject
    public PciDnNotifier() {}

    @Override
    @KernelFunction("pci_dn_reconfig_notifier")
    public Answer notify(HotplugEvent event) {
        if (!(event instanceof HotplugEvent.NodeDetached detached)) {
            return Answer.DONE;
        }
        PciDn pci = PciDn.of(detached.node());
        if (pci != null) {
            pci.unlink();
        }
        return Answer.OK;
    }
}
