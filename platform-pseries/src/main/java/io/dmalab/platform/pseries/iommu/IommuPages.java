package io.dmalab.platform.pseries.iommu;

/**
 * Page arithmetic of a table (include/linux/iommu-helper.h, v6.12).
 *
 * @param shift    log2 of the table's page size
 * @param mask     its low bits
 * @param cpuShift log2 of the CPU's page size
 */
record IommuPages(int shift, long mask, int cpuShift) {
    IommuPages(int shift, int cpuShift) {
        this(shift, (1L << shift) - 1, cpuShift);
    }

    /** iommu_num_pages(): pages that {@code bytes} from {@code address} on touch. */
    int count(long address, long bytes) {
        return (int) ((address & mask) + bytes + mask >>> shift);
    }

    /** A whole CPU page in a window of smaller pages is aligned to its own size: log2 of that in entries, else 0. */
    int alignOrder(long physical, long bytes) {
        boolean whole = shift < cpuShift && bytes >= 1L << cpuShift && (physical & (1L << cpuShift) - 1) == 0;
        return whole ? cpuShift - shift : 0;
    }

    /** PAGE_ALIGN(). */
    long cpuAligned(long bytes) {
        return bytes + (1L << cpuShift) - 1 & -(1L << cpuShift);
    }

    /** dma_get_seg_boundary_nr_pages() of a PCI device: a segment is 4 GiB. */
    long boundary() {
        return 1L << Math.max(0, 32 - shift);
    }
}
