package io.dmalab.platform.pseries.iommu;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.platform.pseries.kernel.KernelLog;

/**
 * struct iommu_table_group (arch/powerpc/include/asm/iommu.h, v6.12): the tables of one partitionable endpoint. Table 0 is the default
 * window's, or the only one; table 1 that of a dynamic window beside a default one. Left out: VFIO's operations.
 */
public final class IommuTableGroup {
    public static final int TABLES = 2;
    private static final long BYTES = 96;

    private final Kernel kernel;
    private final KernelObject object;
    private final IommuTable[] tables = new IommuTable[TABLES];
    private IommuGroup group;
    private boolean offerAsked;

    /** iommu_pseries_alloc_group(): zeroed. */
    public IommuTableGroup(Kernel kernel) {
        this.kernel = kernel;
        this.object = kernel.memory().kzalloc("iommu_table_group", BYTES);
    }

    /** Table {@code number}, 0 or 1; null if there is none. */
    public IommuTable table(int number) {
        object.read("tables", number);
        return tables[number];
    }

    public void table(int number, IommuTable table) {
        object.write("tables", number);
        tables[number] = table;
    }

    /** iommu_register_group(). @param number of the group, shown in messages */
    public IommuGroup register(int number) {
        object.write("group");
        group = new IommuGroup(kernel, number);
        return group;
    }

    /** max_dynamic_windows_supported is not known yet: true for the first device that asks firmware, which is for all of them. */
    public boolean askOffer() {
        boolean first = !offerAsked;
        offerAsked = true;
        return first;
    }

    public IommuGroup group() {
        object.read("group");
        return group;
    }

    /** iommu_pseries_free_group(): drops both tables, which may wait, and the group. Whoever points here keeps doing so. Task context. */
    @KernelFunction("iommu_pseries_free_group")
    public void free(KernelLog log) {
        object.read("group");
        if (group != null && !group.put() && !kernel.policy().groupMayOutlive()) {
            throw log.bug("iommu_pseries_free_group", "arch/powerpc/platforms/pseries/iommu.c",
                    "iommu group " + group.id() + " is still in use");
        }
        for (int i = 0; i < TABLES; i++) {
            IommuTable table = table(i);
            if (table != null) {
                table.life().ownerLeaves();
                if (IommuTable.put(kernel, table) == 0) {
                    table.life().outlivesOwner();
                }
            }
        }
        kernel.memory().free(object);
    }
}
