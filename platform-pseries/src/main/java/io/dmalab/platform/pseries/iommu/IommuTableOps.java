package io.dmalab.platform.pseries.iommu;

import io.dmalab.api.dma.DmaDirection;

/**
 * struct iommu_table_ops (arch/powerpc/include/asm/iommu.h, v6.12): how a table's entries reach the hardware. Entry numbers are absolute,
 * they include it_offset. Any context, must not sleep. Left out: flush, which pSeries does not have, and the exchange operations of VFIO.
 */
public interface IommuTableOps {
    /** Writes {@code pages} entries for memory from {@code physical} on; nonzero if nothing has been mapped. */
    long set(IommuTable table, long entry, int pages, long physical, DmaDirection direction);

    /** Clears entries. Says nothing of errors. */
    void clear(IommuTable table, long entry, long pages);

    /** Reads an entry. */
    long get(IommuTable table, long entry);
}
