package io.dmalab.platform.pseries.iommu;

import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.Kref;

/** struct iommu_group (drivers/iommu/iommu.c, v6.12) as far as its references go: one of the table group's, one of each device in it. */
public final class IommuGroup {
    private static final long BYTES = 512;

    private final Kernel kernel;
    private final int id;
    private final KernelObject object;
    private final Kref references;

    /** iommu_group_alloc(): one reference, the caller's. */
    IommuGroup(Kernel kernel, int id) {
        this.kernel = kernel;
        this.id = id;
        this.object = kernel.memory().kzalloc("iommu_group", BYTES);
        this.references = new Kref(object);
    }

    public int id() {
        return id;
    }

    /** iommu_group_ref_get(). */
    public void get() {
        references.get();
    }

    /** iommu_group_put(): true if that was the last reference. */
    public boolean put() {
        boolean last = references.put();
        if (last) {
            kernel.memory().free(object);
        }
        return last;
    }
}
