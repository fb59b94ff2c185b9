package io.dmalab.platform.pseries;

import io.dmalab.api.MachineScoped;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.platform.pseries.pci.PciDnNotifier;
import io.dmalab.platform.pseries.window.IommuBusNotifier;
import io.dmalab.platform.pseries.window.IommuMemNotifier;
import io.dmalab.platform.pseries.window.IommuReconfigNotifier;
import jakarta.inject.Inject;

/**
 * The platform's links in the notifier chains, registered in the kernel's order: the IOMMU's before that of the PCI node data, both of
 * priority 0.
 */
@MachineScoped
final class PseriesNotifiers {
    private final Kernel kernel;
    private final IommuReconfigNotifier iommu;
    private final PciDnNotifier pciDn;
    private final IommuMemNotifier memory;
    private final IommuBusNotifier bus;

    @Inject
    PseriesNotifiers(Kernel kernel, IommuReconfigNotifier iommu, PciDnNotifier pciDn, IommuMemNotifier memory, IommuBusNotifier bus) {
        this.kernel = kernel;
        this.iommu = iommu;
        this.pciDn = pciDn;
        this.memory = memory;
        this.bus = bus;
    }

    void register() {
        kernel.deviceTree().reconfig().register(iommu);
        kernel.deviceTree().reconfig().register(pciDn);
        kernel.devices().memoryChain().register(memory);
        kernel.devices().busChain().register(bus);
    }
}
