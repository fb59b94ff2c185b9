package io.dmalab.platform.s390;

import io.dmalab.api.Components;
import io.dmalab.api.KernelFunction;
import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaAllocator;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.dma.IommuBackend;
import io.dmalab.api.kernel.Counter;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.SpinLock;
import jakarta.inject.Inject;
import java.util.TreeMap;

/**
 * Backend {@code s390-zpci}: the DMA ops that s390 had until 6.6 (arch/s390/pci/pci_dma.c; facts: real-world-reports.md A3, "before that
 * presumably leaked hypervisor mappings silently"; the rest is general knowledge). The translation table lives as long as the function
 * is configured. An unmap that finds none notes an error in the debug feature pci_error, which nobody reads, and returns. Left out: the
 * bitmap's next-fit search and lazy refresh (the allocator is the platform's), RPCIT.
 */
public final class ZpciDma implements IommuBackend {
    /** "unmap error" records in the debug feature. */
    public static final String UNMAP_ERRORS = "zpci_unmap_errors";
    private static final int PAGE_SHIFT = 12;
    private static final long START_DMA = 1L << 32;
    private static final long PAGES = (1L << 31 - PAGE_SHIFT) * 8;

    private final Kernel kernel;
    private final Components components;
    private final S390Settings settings;
    private final Counter errors;

    @Inject
    public ZpciDma(Kernel kernel, Components components, S390Settings settings) {
        this.kernel = kernel;
        this.components = components;
        this.settings = settings;
        this.errors = kernel.metrics().counter(UNMAP_ERRORS);
    }

    /** struct zpci_dev: it outlives the PCI device, whose release drops it. */
    static final class ZpciDev {
        final SpinLock tableLock;
        final DmaAllocator addresses;
        /** dma_table, page to page; null once the function is deconfigured. */
        TreeMap<Long, Long> table = new TreeMap<>();

        ZpciDev(SpinLock tableLock, DmaAllocator addresses) {
            this.tableLock = tableLock;
            this.addresses = addresses;
        }
    }

    /** zpci_dma_init_device(). */
    @Override
    @KernelFunction("zpci_dma_init_device")
    public void attach(Device device) {
        DmaAllocator addresses = components.create(DmaAllocator.class, settings.allocator());
        addresses.init(new DmaAllocator.Window(START_DMA >>> PAGE_SHIFT, PAGES, PAGE_SHIFT, 0, 0));
        device.archdata(new ZpciDev(kernel.locks().spin("&zdev->dma_table_lock"), addresses));
    }

    /** The function is deconfigured: its table and its bitmap go, whatever is in them. Task context. */
    @KernelFunction("zpci_dma_exit_device")
    void exit(ZpciDev zdev) {
        if (zdev.table != null) {
            zdev.table = null;
            zdev.addresses.release();
        }
    }

    @Override
    public boolean dmaSupported(Device device, long mask) {
        return Long.compareUnsigned(mask, START_DMA) > 0;
    }

    @Override
    @KernelFunction("s390_dma_map_pages")
    public long map(Device device, long physical, long bytes, DmaDirection direction) {
        ZpciDev zdev = zdev(device);
        int pages = pages(physical, bytes);
        long entry = zdev.table == null ? DmaAllocator.NONE : zdev.addresses.alloc(pages, 0, device.dmaMask() >>> PAGE_SHIFT, 0, 0);
        if (entry == DmaAllocator.NONE) {
            return DmaApi.MAPPING_ERROR;
        }
        long first = (START_DMA >>> PAGE_SHIFT) + entry;
        updateTrans(zdev, first, pages, physical >>> PAGE_SHIFT);
        return first << PAGE_SHIFT | physical & (1L << PAGE_SHIFT) - 1;
    }

    @Override
    @KernelFunction("s390_dma_unmap_pages")
    public void unmap(Device device, long dmaAddress, long bytes, DmaDirection direction) {
        ZpciDev zdev = zdev(device);
        int pages = pages(dmaAddress, bytes);
        if (!updateTrans(zdev, dmaAddress >>> PAGE_SHIFT, pages, -1)) {
            errors.increment();
            kernel.findings().report(FindingKind.WARNING, device.name(), () -> "dma_update_trans answers -EINVAL for DMA address 0x"
                    + Long.toHexString(dmaAddress) + ": there is no translation table any more; noted in s390dbf pci_error only");
            return;
        }
        zdev.addresses.free((dmaAddress >>> PAGE_SHIFT) - (START_DMA >>> PAGE_SHIFT), pages);
    }

    /** @param physicalPage negative invalidates; false stands for -EINVAL: there is no table */
    @KernelFunction("dma_update_trans")
    private static boolean updateTrans(ZpciDev zdev, long first, int pages, long physicalPage) {
        zdev.tableLock.lock();
        boolean present = zdev.table != null;
        for (int i = 0; present && i < pages; i++) {
            if (physicalPage < 0) {
                zdev.table.remove(first + i);
            } else {
                zdev.table.put(first + i, physicalPage + i);
            }
        }
        zdev.tableLock.unlock();
        return present;
    }

    private static int pages(long address, long bytes) {
        long offset = address & (1L << PAGE_SHIFT) - 1;
        return Math.toIntExact(offset + bytes + (1L << PAGE_SHIFT) - 1 >>> PAGE_SHIFT);
    }

    @Override
    public long translate(Device device, long dmaAddress, boolean write) {
        ZpciDev zdev = zdev(device);
        Long page = zdev.table == null ? null : zdev.table.get(dmaAddress >>> PAGE_SHIFT);
        return page == null ? DmaApi.MAPPING_ERROR : page << PAGE_SHIFT | dmaAddress & (1L << PAGE_SHIFT) - 1;
    }

    @Override
    public boolean inUse(Device device) {
        ZpciDev zdev = zdev(device);
        return zdev.table != null && !zdev.table.isEmpty();
    }

    /** to_zpci(). */
    static ZpciDev zdev(Device device) {
        return (ZpciDev) device.archdata();
    }
}
