package io.dmalab.iommu.core;

import io.dmalab.api.dma.DmaAllocator;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;

/**
 * struct iommu_domain with its DMA cookie (drivers/iommu/iommu.c, dma-iommu.c; v6.14): an address space, its page table and its IOVA
 * allocator. A pointer to one may also lead nowhere: then every look at it is an oops.
 */
public final class IommuDomain {
    private static final int BYTES = 512;

    private final Kernel kernel;
    private final KernelObject object;
    private final String wild;
    private final long wildAddress;
    final IoPageTable table = new IoPageTable();
    final int shift;
    /** geometry.aperture: first and last byte of the address space. */
    final long apertureStart;
    final long apertureEnd;
    DmaAllocator iovas;
    FlushQueue queue;

    /** @param shift log2 of the bytes of a page */
    IommuDomain(Kernel kernel, int shift, long apertureStart, long apertureEnd) {
        this.kernel = kernel;
        this.object = kernel.memory().kzalloc("iommu_domain", BYTES);
        this.shift = shift;
        this.apertureStart = apertureStart;
        this.apertureEnd = apertureEnd;
        this.wild = "";
        this.wildAddress = 0;
    }

    private IommuDomain(Kernel kernel, String what, long address) {
        this.kernel = kernel;
        this.object = null;
        this.shift = 12;
        this.apertureStart = 0;
        this.apertureEnd = 0;
        this.wild = what;
        this.wildAddress = address;
    }

    /** A pointer that was read from memory which holds something else. @param what what it is, for reports */
    public static IommuDomain wild(Kernel kernel, String what, long address) {
        return new IommuDomain(kernel, what, address);
    }

    /** Of the first entry of its allocator. */
    long firstPage() {
        return apertureStart >>> shift;
    }

    /** Pages that so many bytes take, from the beginning of one on. */
    int pages(long bytes) {
        return Math.toIntExact(bytes + (1L << shift) - 1 >>> shift);
    }

    /** A look at a field. */
    void read(String field) {
        if (object == null) {
            throw kernel.memory().badAccess(wild, field, wildAddress, false);
        }
        object.read(field);
    }

    /** iommu_domain_free(), with iommu_put_dma_cookie(): what is still mapped goes too. */
    void free() {
        if (queue != null) {
            queue.destroy();
        }
        iovas.release();
        kernel.memory().free(object);
    }
}
