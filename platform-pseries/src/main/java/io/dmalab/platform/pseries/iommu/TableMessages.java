package io.dmalab.platform.pseries.iommu;

import io.dmalab.api.device.Device;
import io.dmalab.platform.pseries.kernel.KernelLog;

/** What arch/powerpc/kernel/iommu.c prints about a table (v6.12). */
final class TableMessages {
    private final KernelLog log;

    TableMessages(KernelLog log) {
        this.log = log;
    }

    void allocFailed(IommuTable table, Device device, String function, long physical, int pages) {
        if (log.printk().ratelimit(function)) {
            log.info(device, "iommu_alloc failed, tbl " + log.printk().pointer(table.object()) + " vaddr " + log.printk().pointer(physical)
                    + " npages " + pages);
        }
    }

    void coherentTooLarge(Device device, long bytes) {
        log.info(device, "iommu_alloc_consistent size too large: 0x" + Long.toHexString(bytes));
    }

    void nothingAskedFor() {
        if (log.printk().ratelimit("iommu_range_alloc")) {
            log.printk().warnOn("iommu_range_alloc", "");
        }
    }

    void reservedBackwards() {
        log.printk().warnOn("iommu_table_reserve_pages", "");
    }

    /** One token of the rate limit for the whole block. */
    void invalidEntry(IommuTable table, TableParameters parameters, long entry, long dmaAddress) {
        if (!log.printk().ratelimit("iommu_free_check")) {
            return;
        }
        log.printk().info("iommu_free: invalid entry");
        field("entry    ", entry);
        field("dma_addr ", dmaAddress);
        field("Table    ", table.object().address());
        field("bus#     ", parameters.busno());
        field("size     ", table.size());
        field("startOff ", table.offset());
        field("index    ", parameters.liobn());
        log.printk().warnOn("iommu_free_check", "");
    }

    private void field(String name, long value) {
        log.printk().info("\t" + name + " = 0x" + Long.toHexString(value));
    }
}
