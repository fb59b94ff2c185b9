package io.dmalab.platform.pseries.window;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.MachineScoped;
import io.dmalab.api.device.DeviceNode;
import io.dmalab.api.device.HotplugEvent;
import io.dmalab.api.device.HotplugNotifier;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.policy.DetachStep;
import io.dmalab.platform.pseries.pci.PciDn;
import jakarta.inject.Inject;

/**
 * iommu_reconfig_notifier() of arch/powerpc/platforms/pseries/iommu.c (v6.12; facts: dlpar-and-notifiers.md 6). In what order a detached
 * node's window, tables and list entry go is the policy's to say; the legacy order is windows, tables, entry.
 */
@MachineScoped
public final class IommuReconfigNotifier implements HotplugNotifier {
    private final Kernel kernel;
    private final DdwParts parts;

    @Inject
    public IommuReconfigNotifier(Kernel kernel, DdwParts parts) {
        this.kernel = kernel;
        this.parts = parts;
    }

    @Override
    @KernelFunction("iommu_reconfig_notifier")
    public Answer notify(HotplugEvent event) {
        if (!(event instanceof HotplugEvent.NodeDetached detached)) {
            return Answer.DONE;
        }
        DeviceNode node = detached.node();
        for (DetachStep step : kernel.policy().detachPlan()) {
            switch (step) {
                case REMOVE_WINDOWS -> removeWindows(node);
                case RELEASE_TABLES -> releaseTables(node);
                case FORGET_WINDOW -> parts.windows().remove(node);
            }
        }
        return Answer.OK;
    }

    /** The record stays on the node: removing it would call this very chain again, under its semaphore. */
    private void removeWindows(DeviceNode node) {
        if (parts.removal().removeNamed(node, false, WindowRecord.DIRECT64, true) != 0) {
            parts.removal().removeNamed(node, false, WindowRecord.DMA64, true);
        }
    }

    private void releaseTables(DeviceNode node) {
        PciDn pci = PciDn.of(node);
        if (pci != null && pci.tableGroup() != null) {
            pci.tableGroup().free(parts.log());
        }
    }
}
