package io.dmalab.platform.pseries.iommu;

import io.dmalab.api.device.Device;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.platform.pseries.hypervisor.Phb;

/**
 * struct dev_archdata (arch/powerpc/include/asm/device.h, v6.12) and the DMA limit next to it: where a device's DMA goes. The table pointer
 * is plain: it holds no reference and nothing resets it when the table goes. Part of struct device, so each look is an access to that.
 */
public final class DevArchdata {
    private final KernelObject device;
    private final Phb phb;
    private IommuTable tableBase;
    private long busDmaLimit;

    /** @param phb the bridge above the device, whose windows the hardware looks at */
    public DevArchdata(Device device, Phb phb) {
        this.device = device.object();
        this.phb = phb;
    }

    public Phb phb() {
        return phb;
    }

    /** get_iommu_table_base(). */
    public IommuTable tableBase() {
        device.read("archdata.iommu_table_base");
        return tableBase;
    }

    /** set_iommu_table_base(). */
    public void tableBase(IommuTable table) {
        device.write("archdata.iommu_table_base");
        tableBase = table;
    }

    /** bus_dma_limit: highest bus address of the directly mapped part, 0 for no limit. */
    public long busDmaLimit() {
        return busDmaLimit;
    }

    public void busDmaLimit(long limit) {
        busDmaLimit = limit;
    }
}
