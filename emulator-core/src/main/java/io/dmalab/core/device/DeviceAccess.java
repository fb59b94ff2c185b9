package io.dmalab.core.device;

import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.dma.IommuBackend.Refusal;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.Pages;

/**
 * DMA by the device itself: what its host bridge or IOMMU lets through and where it lands. Not kernel code: no context, no locks, no use
 * of the kernel's tables other than through the backend. Left out: what the kernel does about a frozen device (EEH
 * recovery).
 */
final class DeviceAccess {
    /** Smallest page of an IOMMU: an access is looked up once for each one that it touches. */
    private static final int GRAIN_SHIFT = 12;
    private static final long GRAIN = 1L << GRAIN_SHIFT;

    private final Kernel kernel;
    private final Pages pages;
    private final int pageShift;

    DeviceAccess(Kernel kernel) {
        this.kernel = kernel;
        this.pages = kernel.pages();
        this.pageShift = pages.pageShift();
    }

    /** Physical address of the first byte, or -1 if the access was refused or the device is frozen or gone. Ends at the first refusal. */
    long access(DeviceImpl dev, long address, int bytes, boolean write) {
        if (dev.frozen || dev.disconnected) {
            return -1;
        }
        long last = address + bytes - 1;
        long first = -1;
        for (long at = address; at - last <= 0; at = (at | GRAIN - 1) + 1) {
            long physical = reach(dev, at, write);
            if (physical == -1) {
                refuse(dev, address, bytes, write, dev.backend.refused(dev, at, write));
                return -1;
            }
            first = at == address ? physical : first;
        }
        return first;
    }

    private long reach(DeviceImpl dev, long address, boolean write) {
        long physical = dev.backend.access(dev, address, write);
        if (physical == DmaApi.MAPPING_ERROR) {
            return -1;
        }
        long page = physical >>> pageShift;
        if (page > Integer.MAX_VALUE || pages.refCount((int) page) == 0) {
            freePage(dev, address, page, write);
        }
        return physical;
    }

    private void freePage(DeviceImpl dev, long address, long page, boolean write) {
        kernel.findings().report(FindingKind.USE_AFTER_FREE, "page " + page, "the device " + dev + (write ? " wrote into" : " read from")
                + " a free page through DMA address " + DmaLedger.hex(address));
    }

    private void refuse(DeviceImpl dev, long address, int bytes, boolean write, Refusal refusal) {
        kernel.trace().emit(DeviceEvents.ACCESS_REFUSED, dev.nameText, address, bytes, write ? 1 : 0);
        String what = (write ? "write" : "read") + " of " + bytes + " bytes at DMA address " + DmaLedger.hex(address);
        switch (refusal) {
            case FREEZE -> {
                dev.frozen = true;
                kernel.findings().report(FindingKind.EEH_FREEZE, dev.name(),
                        "the host bridge refused a " + what + " and froze the device");
            }
            case FAULT -> kernel.findings().report(FindingKind.DMA_FAULT, dev.name(), () -> "the IOMMU refused a " + what);
        }
    }
}
