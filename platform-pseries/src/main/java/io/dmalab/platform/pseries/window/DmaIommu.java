package io.dmalab.platform.pseries.window;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceNode;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.dma.IommuBackend;
import io.dmalab.platform.pseries.hypervisor.HypervisorProfile;
import io.dmalab.platform.pseries.hypervisor.TceTable;
import io.dmalab.platform.pseries.iommu.DevArchdata;
import io.dmalab.platform.pseries.iommu.IommuTable;
import io.dmalab.platform.pseries.kernel.KernelLog;
import java.util.Locale;

/**
 * dma_iommu_ops of arch/powerpc/kernel/dma-iommu.c (v6.12): DMA calls of a device behind an iommu_table. What a mask above 32 bits leads to
 * differs between the backends. Left out: scatter lists, which the emulator's DMA API does not have (see {@code ScatterGather}), and the
 * required-mask query.
 */
public abstract class DmaIommu implements IommuBackend {
    private final KernelLog log;
    private final PciDmaSetup setup;

    DmaIommu(PciDmaSetup setup, KernelLog log) {
        this.setup = setup;
        this.log = log;
    }

    /** dma_iommu_bypass_supported(): true if the device may address memory directly from now on. */
    abstract boolean bypassSupported(Device device, long mask);

    /** What firmware offers on a machine that uses this backend. @param hotplugMax end of the memory there may ever be */
    public HypervisorProfile offer(HypervisorProfile profile, long hotplugMax) {
        return profile;
    }

    final PciDmaSetup setup() {
        return setup;
    }

    @Override
    public final void attach(Device device) {
        setup.setUp(device);
    }

    @Override
    @KernelFunction("dma_iommu_dma_supported")
    public final boolean dmaSupported(Device device, long mask) {
        DevArchdata archdata = archdata(device);
        if (bypassSupported(device, mask)) {
            device.dmaBypass(archdata.busDmaLimit() == 0);
            if (!device.dmaBypass()) {
                log.warn(device, "iommu: 64-bit OK but direct DMA is limited by " + Long.toHexString(archdata.busDmaLimit()));
            }
            return true;
        }
        IommuTable table = archdata.tableBase();
        if (table == null) {
            log.err(device, String.format(Locale.ROOT, "Warning: IOMMU dma not supported: mask 0x%08x, table unavailable", mask));
            return false;
        }
        if (table.offset() > mask >>> table.pageShift()) {
            log.info(device, "Warning: IOMMU offset too big for device mask");
            log.info(device, String.format(Locale.ROOT, "mask: 0x%08x, table offset: 0x%08x", mask, table.offset() << table.pageShift()));
            return false;
        }
        device.dmaBypass(false);
        return true;
    }

    @Override
    @KernelFunction("dma_iommu_map_page")
    public final long map(Device device, long physical, long bytes, DmaDirection direction) {
        DevArchdata archdata = archdata(device);
        if (archdata.busDmaLimit() != 0 && physical + bytes + device.dmaOffset() <= archdata.busDmaLimit()) {
            return physical + device.dmaOffset();
        }
        IommuTable table = archdata.tableBase();
        return table == null ? DmaApi.MAPPING_ERROR : table.mapPage(device, physical, bytes, direction, device.dmaMask());
    }

    @Override
    @KernelFunction("dma_iommu_unmap_page")
    public final void unmap(Device device, long dmaAddress, long bytes, DmaDirection direction) {
        DevArchdata archdata = archdata(device);
        if (archdata.busDmaLimit() != 0 && dmaAddress >= device.dmaOffset() && dmaAddress < archdata.busDmaLimit()) {
            return;
        }
        IommuTable table = archdata.tableBase();
        if (table == null) {
            setup.tables().dropped().increment();
            return;
        }
        table.unmapPage(dmaAddress, bytes, direction);
    }

    @Override
    @KernelFunction("dma_iommu_alloc_coherent")
    public final long mapCoherent(Device device, long physical, long bytes) {
        IommuTable table = archdata(device).tableBase();
        return table == null ? DmaApi.MAPPING_ERROR : table.allocCoherent(device, physical, bytes, device.dmaMask());
    }

    @Override
    @KernelFunction("dma_iommu_free_coherent")
    public final void unmapCoherent(Device device, long dmaAddress, long bytes) {
        IommuTable table = archdata(device).tableBase();
        if (table != null) {
            table.freeCoherent(dmaAddress, bytes);
        }
    }

    /** The host bridge looks at every window of the endpoint, whatever the kernel believes. */
    @Override
    public final long translate(Device device, long dmaAddress, boolean write) {
        DevArchdata archdata = archdata(device);
        return archdata.phb() == null ? TceTable.FAULT : archdata.phb().translate(dmaAddress, write);
    }

    @Override
    public final boolean inUse(Device device) {
        IommuTable table = archdata(device).tableBase();
        return table != null && table.inUse();
    }

    /** The node that carries the endpoint's windows, null if there is none. */
    final DeviceNode windowNode(Device device) {
        return setup.find(device.node());
    }

    private static DevArchdata archdata(Device device) {
        return (DevArchdata) device.archdata();
    }
}
