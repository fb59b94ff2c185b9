package io.dmalab.iommu;

import io.dmalab.api.EmulatorPlugin;
import io.dmalab.api.Extensions;
import io.dmalab.api.dma.DmaAllocator;
import io.dmalab.iommu.iova.FirstFit;
import io.dmalab.iommu.iova.RcacheMagazine;

/** The generic IOMMU layer, and allocators of DMA addresses that any platform may choose. */
public final class IommuPlugin implements EmulatorPlugin {
    @Override
    public String id() {
        return "dma-iommu";
    }

    @Override
    public String summary() {
        return "Generic IOMMU layer: groups, domains, IOVA allocators, flush queues";
    }

    @Override
    public void register(Extensions extensions) {
        extensions.add(DmaAllocator.class, "first-fit", FirstFit.class, "the lowest free range that fits");
        extensions.add(DmaAllocator.class, "rcache-magazine", RcacheMagazine.class,
                "a tree from the top down, behind per-CPU magazines of freed ranges (drivers/iommu/iova.c)");
    }
}
