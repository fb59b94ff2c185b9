package io.dmalab.platform.pseries.iommu;

import io.dmalab.api.Components;
import io.dmalab.api.KernelFunction;
import io.dmalab.api.MachineScoped;
import io.dmalab.api.dma.DmaAllocator;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.platform.pseries.kernel.KernelLog;
import jakarta.inject.Inject;

/** Makes iommu_tables (iommu_pseries_alloc_table of arch/powerpc/platforms/pseries/iommu.c) and holds what they share. */
@MachineScoped
public final class IommuTables {
    private final Kernel kernel;
    private final Components components;
    private final KernelLog log;
    private final FailIommu fail;
    private String allocator = "iommu-table-bitmap";
    private boolean announced;

    @Inject
    public IommuTables(Kernel kernel, Components components, KernelLog log, FailIommu fail) {
        this.kernel = kernel;
        this.components = components;
        this.log = log;
        this.fail = fail;
    }

    /** Chooses the {@link DmaAllocator} of tables made from now on, by its id. */
    public void allocator(String id) {
        allocator = id;
    }

    /** iommu_pseries_alloc_table() and iommu_table_setparms_common(): a table with one reference, not initialised. */
    @KernelFunction("iommu_pseries_alloc_table")
    public IommuTable create(TableParameters parameters, IommuTableOps ops) {
        return new IommuTable(this, parameters, ops);
    }

    Kernel kernel() {
        return kernel;
    }

    KernelLog log() {
        return log;
    }

    FailIommu fail() {
        return fail;
    }

    DmaAllocator newAllocator() {
        return components.create(DmaAllocator.class, allocator);
    }

    /** Printed once per boot. */
    void initialized() {
        if (!announced) {
            announced = true;
            kernel.printk().info("IOMMU table initialized, virtual merging enabled");
        }
    }
}
