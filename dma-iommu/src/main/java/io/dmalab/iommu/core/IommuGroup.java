package io.dmalab.iommu.core;

import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;

/** struct iommu_group (drivers/iommu/iommu.c, v6.14) of one device. Left out: groups of several devices, user space's claims. */
final class IommuGroup {
    private static final int BYTES = 512;

    final int id;
    final KernelObject object;
    private final IommuDomain defaultDomain;

    IommuGroup(Kernel kernel, int id, IommuDomain defaultDomain) {
        this.id = id;
        this.object = kernel.memory().kzalloc("iommu_group", BYTES);
        this.defaultDomain = defaultDomain;
    }

    IommuDomain defaultDomain() {
        object.read("default_domain");
        return defaultDomain;
    }
}
