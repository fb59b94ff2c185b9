package org.example.vtd;

import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;

/** What struct device and the tables of the remapping unit hold for one function: its group, its context entry, its DMA ops. */
final class VtdDevice {
    /** dev->iommu_group; NULL once the device has been released. */
    Group group;
    /** What its context entry leads to; null while that is not present, and the hardware blocks it. */
    DmarDomain context;
    /** dev->dma_ops is NULL: calls are direct ones. */
    boolean direct;
    /** pci_32bit_workaround: addresses below 4 GiB are tried first. */
    boolean below4GiB = true;

    /** struct iommu_group of this one device (drivers/iommu/iommu.c, v6.14). @param domain null in pass-through */
    record Group(int id, KernelObject object, DmarDomain domain) {
        private static final int BYTES = 512;

        static Group of(Kernel kernel, int id, DmarDomain domain) {
            return new Group(id, kernel.memory().kzalloc("iommu_group", BYTES), domain);
        }

        DmarDomain defaultDomain() {
            object.read("default_domain");
            return domain;
        }
    }
}
