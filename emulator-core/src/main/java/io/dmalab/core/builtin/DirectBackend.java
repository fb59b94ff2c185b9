package io.dmalab.core.builtin;

import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.dma.IommuBackend;

/**
 * No IOMMU (kernel/dma/direct.c, v6.14): a DMA address is the physical address plus the device's offset, a mapping is arithmetic, and
 * nothing faults. A late unmap is harmless here and therefore never seen; the DMA API counts it. Left out: bounce buffers, cache
 * maintenance, and the offset that becomes wrong when the driver has been unbound.
 */
final class DirectBackend implements IommuBackend {
    /** Mappings of one device that are not unmapped yet. */
    private static final class Live {
        private long mappings;
    }

    DirectBackend() {}

    @Override
    public void attach(Device device) {
        device.archdata(new Live());
    }

    @Override
    public boolean dmaSupported(Device device, long mask) {
        return true;
    }

    @Override
    public long map(Device device, long physical, long bytes, DmaDirection direction) {
        live(device).mappings++;
        return physical + device.dmaOffset();
    }

    @Override
    public void unmap(Device device, long dmaAddress, long bytes, DmaDirection direction) {
        live(device).mappings--;
    }

    @Override
    public long translate(Device device, long dmaAddress, boolean write) {
        return dmaAddress - device.dmaOffset();
    }

    @Override
    public boolean inUse(Device device) {
        return live(device).mappings != 0;
    }

    private static Live live(Device device) {
        return (Live) device.archdata();
    }
}
