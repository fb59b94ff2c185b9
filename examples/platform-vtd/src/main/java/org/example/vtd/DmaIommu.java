package org.example.vtd;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaAllocator;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.tracepoint.IommuEvents;
import java.util.Locale;

/**
 * The DMA API's way through a translated domain (drivers/iommu/dma-iommu.c over drivers/iommu/intel/iommu.c, v6.14; facts: free-policies.md
 * P19; else general knowledge). Left out: scatter lists, bounce buffers, flushes of the caches.
 */
final class DmaIommu {
    private static final long MASK_32 = 0xffff_ffffL;
    private static final long APERTURE_END = (1L << PageTable.ADDRESS_BITS) - 1;

    private final Kernel kernel;
    private final RemappingUnit unit;

    DmaIommu(Kernel kernel, RemappingUnit unit) {
        this.kernel = kernel;
        this.unit = unit;
    }

    /** dma_info_to_prot(). */
    static long rights(DmaDirection direction) {
        return switch (direction) {
            case BIDIRECTIONAL -> PageTable.READ | PageTable.WRITE;
            case TO_DEVICE -> PageTable.READ;
            case FROM_DEVICE -> PageTable.WRITE;
            case NONE -> 0;
        };
    }

    // tag::dmamap
    /** The DMA address, or {@link DmaApi#MAPPING_ERROR}. Any context. */
    @KernelFunction("__iommu_dma_map")
    long map(Device device, DmarDomain domain, long physical, long bytes, long rights) {
        domain.read("iova_cookie");
        long offset = offset(physical);
        int pages = pages(offset + bytes);
        long first = allocIova(device, domain, pages);
        if (first == DmaAllocator.NONE) {
            return DmaApi.MAPPING_ERROR;
        }
        domainMapping(device, domain, first, physical - offset, pages, rights);
        long iova = first << PageTable.PAGE_SHIFT;
        long size = (long) pages << PageTable.PAGE_SHIFT;
        kernel.trace().emit(IommuEvents.MAP, iova, iova + size, physical - offset, size);
        return iova + offset;
    }
    // end::dmamap

    /** Entries that are set already stay: what is to be there now is not reached, and the kernel says so. */
    @KernelFunction("__domain_mapping")
    private void domainMapping(Device device, DmarDomain domain, long first, long physical, int pages, long rights) {
        for (int i = 0; i < pages; i++) {
            long to = physical + ((long) i << PageTable.PAGE_SHIFT);
            long there = domain.table.set(first + i, to, rights);
            if (there != 0) {
                String page = Long.toHexString(first + i);
                kernel.printk().err("DMAR: ERROR: DMA PTE for vPFN 0x" + page + " already set (to " + Long.toHexString(there) + " not "
                        + Long.toHexString(to | rights) + ")");
                kernel.printk().warnOn("__domain_mapping", "");
                kernel.findings().report(FindingKind.WARNING, device.name(),
                        () -> "the page table entry of vPFN 0x" + page + " is set already");
            }
        }
    }

    /** iommu_dma_alloc_iova(): below 4 GiB first, where addresses are cheaper on the bus; once that is full, never again. */
    private long allocIova(Device device, DmarDomain domain, int pages) {
        VtdDevice dev = IntelIommu.dev(device);
        long limit = Long.compareUnsigned(device.dmaMask(), APERTURE_END) < 0 ? device.dmaMask() : APERTURE_END;
        if (dev.below4GiB && limit > MASK_32) {
            long first = domain.iovas.alloc(pages, 0, MASK_32 >>> PageTable.PAGE_SHIFT, 0, 0);
            if (first != DmaAllocator.NONE) {
                return first;
            }
            dev.below4GiB = false;
            kernel.printk().info(String.format(Locale.ROOT, "%s %s: Using %d-bit DMA addresses", device.driverName(), device.name(),
                    Long.SIZE - Long.numberOfLeadingZeros(limit)));
        }
        return domain.iovas.alloc(pages, 0, limit >>> PageTable.PAGE_SHIFT, 0, 0);
    }

    /** The check in front of an unmap: a look at the page table, and a warning. */
    @KernelFunction("iommu_iova_to_phys")
    boolean isMapped(Device device, DmarDomain domain, long dmaAddress) {
        domain.read("type");
        if (domain.table.pte(dmaAddress >>> PageTable.PAGE_SHIFT) != 0) {
            return true;
        }
        kernel.printk().warnOn("iommu_dma_unmap_page", "");
        kernel.findings().report(FindingKind.WARNING, device.name(), () -> "nothing is mapped at IOVA 0x" + Long.toHexString(dmaAddress));
        return false;
    }

    // tag::dmaunmap
    /** Any context. */
    @KernelFunction("__iommu_dma_unmap")
    void unmap(Device device, DmarDomain domain, long dmaAddress, long bytes) {
        domain.read("iova_cookie");
        int pages = pages(offset(dmaAddress) + bytes);
        long first = dmaAddress >>> PageTable.PAGE_SHIFT;
        int unmapped = 0;
        while (unmapped < pages && domain.table.clear(first + unmapped)) {
            unmapped++;
        }
        long iova = first << PageTable.PAGE_SHIFT;
        long size = (long) pages << PageTable.PAGE_SHIFT;
        kernel.trace().emit(IommuEvents.UNMAP, iova, iova + size, size, (long) unmapped << PageTable.PAGE_SHIFT);
        if (unmapped != pages) {
            tooFew(device, dmaAddress, pages, unmapped);
        }
        if (domain.queue != null) {
            domain.queue.queue(first, pages);
        } else {
            unit.invalidatePages(domain.id, first, pages);
            domain.iovas.free(first, pages);
        }
    }
    // end::dmaunmap

    private void tooFew(Device device, long dmaAddress, int pages, int unmapped) {
        kernel.printk().warnOn("__iommu_dma_unmap", "");
        kernel.findings().report(FindingKind.WARNING, device.name(), () -> unmapped + " of " + pages + " pages were mapped at IOVA 0x"
                + Long.toHexString(dmaAddress));
    }

    private static long offset(long address) {
        return address & (1L << PageTable.PAGE_SHIFT) - 1;
    }

    private static int pages(long bytes) {
        return Math.toIntExact(bytes + (1L << PageTable.PAGE_SHIFT) - 1 >>> PageTable.PAGE_SHIFT);
    }
}
