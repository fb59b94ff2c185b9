package io.dmalab.platform.pci.direct;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.dma.IommuBackend;
import io.dmalab.api.kernel.Counter;
import io.dmalab.api.kernel.Kernel;
import jakarta.inject.Inject;

/**
 * Backend {@code dma-direct}: no IOMMU (kernel/dma/direct.c and direct.h, v6.14; facts: free-policies.md, background rules and P15b;
 * what those leave open is general knowledge). A DMA address is the physical address plus the offset of the device's range map. What the
 * device cannot reach is bounced. device_unbind_cleanup() frees and clears the range map, so that a late unmap takes the DMA address for
 * the physical one: wrong where the offset is not zero. Unmaps are as page_pool's are, with DMA_ATTR_SKIP_CPU_SYNC. Left out: cache
 * maintenance, several ranges, encrypted memory, MMIO.
 */
public final class DmaDirect implements IommuBackend {
    /** Unmaps that worked with a wrong physical address. */
    public static final String WRONG_PHYSICAL = "dma_direct_wrong_physical";
    /** Bounce slots whose mapping has ended and that nobody will free. */
    public static final String LOST_BUFFERS = "swiotlb_lost_buffers";

    private final Kernel kernel;
    private final DirectSettings settings;
    private final Swiotlb swiotlb;
    private final Counter wrong;
    private final Counter lost;

    @Inject
    public DmaDirect(Kernel kernel, DirectSettings settings, Swiotlb swiotlb) {
        this.kernel = kernel;
        this.settings = settings;
        this.swiotlb = swiotlb;
        this.wrong = kernel.metrics().counter(WRONG_PHYSICAL);
        this.lost = kernel.metrics().counter(LOST_BUFFERS);
    }

    /** What struct device holds for direct mappings, and what its bridge is like. */
    private static final class Direct {
        /** The bridge's: bus address minus CPU address. The hardware adds it whatever the kernel thinks. */
        final long bridgeOffset;
        /** bus_dma_limit: highest bus address that reaches memory. */
        final long limit;
        /** dma_range_map; false if it is NULL, which stands for an offset of 0. */
        boolean rangeMap;
        long mappings;

        Direct(long bridgeOffset, long limit) {
            this.bridgeOffset = bridgeOffset;
            this.limit = limit;
        }

        /** translate_dma_to_phys(). */
        long toPhysical(long dmaAddress) {
            return rangeMap ? dmaAddress - bridgeOffset : dmaAddress;
        }
    }

    @Override
    public void attach(Device device) {
        device.archdata(new Direct(settings.dmaOffset(), settings.limit(device.alias())));
    }

    /** of_dma_configure() or acpi_dma_configure(): reads the bridge's ranges. */
    @Override
    @KernelFunction("pci_dma_configure")
    public void configure(Device device) {
        direct(device).rangeMap = true;
    }

    @Override
    public void unbindCleanup(Device device) {
        device.object().write("dma_range_map");
        direct(device).rangeMap = false;
    }

    /** Bouncing makes up for every mask that reaches the pool; the model asks no more. */
    @Override
    public boolean dmaSupported(Device device, long mask) {
        return true;
    }

    /** dma_direct_map_page(), inlined in the kernel. */
    @Override
    public long map(Device device, long physical, long bytes, DmaDirection direction) {
        Direct direct = direct(device);
        long offset = direct.rangeMap ? direct.bridgeOffset : 0;
        boolean bounces = settings.force() || beyond(device, direct, physical + offset + bytes - 1);
        long reached = bounces ? swiotlb.map(device, physical, bytes) : physical;
        if (reached == Swiotlb.FULL) {
            full(device, bytes);
            return DmaApi.MAPPING_ERROR;
        }
        direct.mappings++;
        return reached + offset;
    }

    /** Not dma_capable(). */
    private static boolean beyond(Device device, Direct direct, long lastByte) {
        return Long.compareUnsigned(lastByte, device.dmaMask()) > 0
                || direct.limit != 0 && Long.compareUnsigned(lastByte, direct.limit) > 0;
    }

    private void full(Device device, long bytes) {
        if (kernel.printk().ratelimit("swiotlb_map")) {
            kernel.printk().warn(device.driverName() + " " + device.name() + ": swiotlb buffer is full (sz: " + bytes + " bytes), "
                    + swiotlb.fill());
        }
    }

    /** dma_direct_unmap_page(), inlined in the kernel. */
    @Override
    public void unmap(Device device, long dmaAddress, long bytes, DmaDirection direction) {
        device.object().read("dma_range_map");
        Direct direct = direct(device);
        long believed = direct.toPhysical(dmaAddress);
        long real = dmaAddress - direct.bridgeOffset;
        if (swiotlb.contains(believed)) {
            swiotlb.unmap(device, believed, real);
        }
        if (believed != real) {
            wrong.increment();
        }
        if (swiotlb.contains(real)) {
            swiotlb.ended(real, bytes);
            lost.add(believed == real ? 0 : 1);
        }
        direct.mappings--;
    }

    /** Coherent memory is allocated where the device reaches it, so it never bounces. */
    @Override
    public long mapCoherent(Device device, long physical, long bytes) {
        Direct direct = direct(device);
        direct.mappings++;
        return physical + (direct.rangeMap ? direct.bridgeOffset : 0);
    }

    @Override
    public void unmapCoherent(Device device, long dmaAddress, long bytes) {
        direct(device).mappings--;
    }

    @Override
    public long translate(Device device, long dmaAddress, boolean write) {
        return dmaAddress - direct(device).bridgeOffset;
    }

    @Override
    public boolean inUse(Device device) {
        return direct(device).mappings != 0;
    }

    private static Direct direct(Device device) {
        return (Direct) device.archdata();
    }
}
