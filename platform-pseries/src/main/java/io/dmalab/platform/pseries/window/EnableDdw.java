package io.dmalab.platform.pseries.window;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.MachineScoped;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceNode;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.platform.pseries.iommu.DevArchdata;
import io.dmalab.platform.pseries.kernel.KernelLog;
import jakarta.inject.Inject;

/**
 * enable_ddw() of arch/powerpc/platforms/pseries/iommu.c (v6.12; facts: ddw.md 4): whether a device gets a dynamic DMA window, and of which
 * kind.
 */
@MachineScoped
public final class EnableDdw {
    private final Kernel kernel;
    private final KernelLog log;
    private final DmaWinList windows;
    private final PartitionMemoryMap memory;
    private final DdwParts parts;

    @Inject
    public EnableDdw(Kernel kernel, KernelLog log, DmaWinList windows, PartitionMemoryMap memory, DdwParts parts) {
        this.kernel = kernel;
        this.log = log;
        this.windows = windows;
        this.memory = memory;
        this.parts = parts;
    }

    /**
     * enable_ddw(). Task context; may sleep while firmware is busy.
     *
     * @param pdn  node that carries the endpoint's windows
     * @param mask what the device can address
     * @return true if the device is to address memory directly
     */
    @KernelFunction("enable_ddw")
    public boolean enable(Device device, DeviceNode pdn, long mask) {
        windows.initMutex().lock();
        boolean pmemory = memory.hasPmemory();
        boolean direct;
        boolean limited = false;
        int order;
        DmaWindow existing = windows.find(pdn);
        if (existing != null) {
            device.dmaOffset(existing.record().base());
            order = existing.record().windowShift();
            direct = existing.direct();
        } else if (windows.hasFailed(pdn)) {
            order = 0;
            direct = false;
        } else {
            DdwAttempt attempt = new DdwAttempt(kernel, parts, device, pdn, mask, pmemory);
            attempt.run();
            order = attempt.order();
            direct = attempt.direct();
            limited = attempt.limited();
        }
        windows.initMutex().unlock();

        if (pmemory && direct && order != memory.physmemBits()) {
            ((DevArchdata) device.archdata()).busDmaLimit(device.dmaOffset() + (1L << memory.hotplugMaxOrder()));
        }
        if (kernel.profile().ddwAnyMaskOver32()) {
            log.info(device, "lsa_required: " + bit(mask != -1L) + ", lsa_enabled: " + bit(limited) + ", direct mapping: " + bit(direct));
        }
        return direct;
    }

    private static int bit(boolean value) {
        return value ? 1 : 0;
    }
}
