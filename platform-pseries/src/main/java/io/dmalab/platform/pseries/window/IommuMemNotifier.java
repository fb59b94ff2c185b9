package io.dmalab.platform.pseries.window;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.MachineScoped;
import io.dmalab.api.device.HotplugEvent;
import io.dmalab.api.device.HotplugEvent.MemoryChanged.Phase;
import io.dmalab.api.device.HotplugNotifier;
import io.dmalab.api.kernel.Kernel;
import jakarta.inject.Inject;

/**
 * iommu_mem_notifier() of arch/powerpc/platforms/pseries/iommu.c (v6.12; facts: ddw.md 7): keeps the directly mapped windows in step with
 * memory that comes and goes. Runs under the list's spin lock.
 */
@MachineScoped
public final class IommuMemNotifier implements HotplugNotifier {
    private final Kernel kernel;
    private final DmaWinList windows;
    private final WindowTces tces;
    private final PartitionMemoryMap memory;

    @Inject
    public IommuMemNotifier(Kernel kernel, DmaWinList windows, WindowTces tces, PartitionMemoryMap memory) {
        this.kernel = kernel;
        this.windows = windows;
        this.tces = tces;
        this.memory = memory;
    }

    @Override
    @KernelFunction("iommu_mem_notifier")
    public Answer notify(HotplugEvent event) {
        if (!(event instanceof HotplugEvent.MemoryChanged change)) {
            return Answer.DONE;
        }
        boolean set = change.phase() == Phase.GOING_ONLINE;
        boolean clear = change.phase() == Phase.CANCEL_ONLINE || change.phase() == Phase.OFFLINE;
        long rc = 0;
        if (set || clear) {
            windows.lock().lock();
            for (DmaWindow window : windows.all()) {
                if (window.direct() && covered(change)) {
                    rc |= set ? tces.set(window.record(), change.start(), change.bytes())
                            : tces.clear(window.record(), change.start(), change.bytes());
                }
            }
            windows.lock().unlock();
        }
        return rc != 0 && change.phase() != Phase.CANCEL_ONLINE ? Answer.BAD : Answer.OK;
    }

    /** Since 6.15, persistent memory that is plugged as RAM lies beyond the window and is left alone. */
    private boolean covered(HotplugEvent.MemoryChanged change) {
        return !kernel.profile().ddwAnyMaskOver32() || change.start() < memory.hotplugMax();
    }
}
