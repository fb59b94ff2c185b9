package org.example.vtd;

import io.dmalab.api.dma.DmaAllocator;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;

/**
 * struct dmar_domain with the DMA cookie of its iommu_domain (drivers/iommu/intel/iommu.h, drivers/iommu/dma-iommu.c, v6.14): an address
 * space, its page table, and who hands its addresses out.
 */
final class DmarDomain {
    private static final int BYTES = 512;
    /** Where an access is an interrupt: the MSI range. Nothing else may be mapped there. */
    private static final long MSI_START = 0xfee0_0000L;
    private static final long MSI_END = 0xfef0_0000L;

    final int id;
    final PageTable table = new PageTable();
    final DmaAllocator iovas;
    /** null in strict mode. */
    final FlushQueue queue;
    private final Kernel kernel;
    private final RemappingUnit unit;
    private final KernelObject object;

    // tag::domain
    DmarDomain(Kernel kernel, RemappingUnit unit, DmaAllocator iovas, boolean lazy) {
        this.kernel = kernel;
        this.unit = unit;
        this.iovas = iovas;
        this.object = kernel.memory().kzalloc("dmar_domain", BYTES);
        this.id = unit.takeDomainId();
        long entries = 1L << PageTable.ADDRESS_BITS - PageTable.PAGE_SHIFT;
        iovas.init(new DmaAllocator.Window(0, entries, PageTable.PAGE_SHIFT, MSI_START >>> PageTable.PAGE_SHIFT,
                MSI_END >>> PageTable.PAGE_SHIFT));
        this.queue = lazy ? new FlushQueue(kernel, () -> unit.invalidateDomain(id), iovas::free) : null;
        kernel.memory().name(object, "domain " + id);
    }

    /** Each look at a field is where a use after free shows, and where explore may let another context go first. */
    void read(String field) {
        object.read(field);
    }
    // end::domain

    /** iommu_domain_free() with iommu_put_dma_cookie(): what is still mapped goes, too. */
    void free() {
        if (queue != null) {
            queue.destroy();
        }
        unit.invalidateDomain(id);
        unit.giveDomainId(id);
        iovas.release();
        kernel.memory().free(object);
    }
}
