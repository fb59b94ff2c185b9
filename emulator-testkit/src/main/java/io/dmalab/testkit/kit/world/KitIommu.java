package io.dmalab.testkit.kit.world;

import io.dmalab.api.Components;
import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaAllocator;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.dma.IommuBackend;
import io.dmalab.api.kernel.Kernel;
import jakarta.inject.Inject;

/** Backend {@code kit-iommu}: one {@link KitTable} for each device. */
public final class KitIommu implements IommuBackend {
    private final Kernel kernel;
    private final Components components;
    private final KitPlatform.Options options;

    @Inject
    public KitIommu(Kernel kernel, Components components, KitPlatform.Options options) {
        this.kernel = kernel;
        this.components = components;
        this.options = options;
    }

    @Override
    public void attach(Device device) {
        DmaAllocator allocator = components.create(DmaAllocator.class, options.allocator());
        device.archdata(new KitTable(kernel, device, allocator, options.entries()));
    }

    @Override
    public boolean dmaSupported(Device device, long mask) {
        return !options.refuseMasks();
    }

    @Override
    public long map(Device device, long physical, long bytes, DmaDirection direction) {
        long address = table(device).map(physical, bytes);
        return address < 0 ? DmaApi.MAPPING_ERROR : address;
    }

    /** A device whose table pointer is cleared has nothing to unmap, as on pSeries. */
    @Override
    public void unmap(Device device, long dmaAddress, long bytes, DmaDirection direction) {
        KitTable table = table(device);
        if (table.reachable()) {
            table.unmap(dmaAddress, bytes);
        }
    }

    @Override
    public long translate(Device device, long dmaAddress, boolean write) {
        long physical = table(device).translate(dmaAddress);
        return physical < 0 ? DmaApi.MAPPING_ERROR : physical;
    }

    @Override
    public boolean inUse(Device device) {
        return table(device).inUse();
    }

    static KitTable table(Device device) {
        return (KitTable) device.archdata();
    }
}
