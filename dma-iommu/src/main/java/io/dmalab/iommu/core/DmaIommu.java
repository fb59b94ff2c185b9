package io.dmalab.iommu.core;

import io.dmalab.api.Components;
import io.dmalab.api.KernelFunction;
import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaAllocator;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.tracepoint.IommuEvents;
import java.util.Locale;

/**
 * Mappings in a domain: IOVAs, page table, flush (drivers/iommu/dma-iommu.c, v6.14; left out: what {@link GenericIommu} leaves out). The
 * domain is the caller's; that it is one nobody asks.
 */
final class DmaIommu {
    private static final long MASK_32 = 0xffff_ffffL;

    private final Kernel kernel;
    private final Components components;
    private final IommuSettings settings;

    DmaIommu(Kernel kernel, Components components, IommuSettings settings) {
        this.kernel = kernel;
        this.components = components;
        this.settings = settings;
    }

    /** iommu_dma_init_domain(). */
    void init(IommuDomain domain) {
        domain.iovas = components.create(DmaAllocator.class, settings.allocator());
        long first = domain.firstPage();
        long last = domain.apertureEnd >>> domain.shift;
        domain.iovas.init(new DmaAllocator.Window(first, last - first + 1, domain.shift, 0, 0));
        if (settings.queue() != IommuSettings.Queue.STRICT) {
            domain.queue = new FlushQueue(kernel, settings.queue(), (page, pages) -> domain.iovas.free(page - first, pages));
        }
    }

    /** __iommu_dma_map(). @return an IOVA, or {@link DmaApi#MAPPING_ERROR} */
    @KernelFunction("__iommu_dma_map")
    long map(Device device, IommuDomain domain, long physical, long bytes) {
        domain.read("iova_cookie");
        long offset = physical & (1L << domain.shift) - 1;
        int pages = domain.pages(offset + bytes);
        long entry = allocIova(device, domain, pages);
        if (entry == DmaAllocator.NONE) {
            return DmaApi.MAPPING_ERROR;
        }
        long iovaPage = domain.firstPage() + entry;
        if (!domain.table.map(iovaPage, physical >>> domain.shift, pages)) {
            kernel.printk().warnOn("__iommu_map", "");
            kernel.findings().report(FindingKind.WARNING, device.name(), () -> "IOVA page " + iovaPage + " is mapped already");
            domain.iovas.free(entry, pages);
            return DmaApi.MAPPING_ERROR;
        }
        long iova = iovaPage << domain.shift;
        long size = (long) pages << domain.shift;
        kernel.trace().emit(IommuEvents.MAP, iova, iova + size, physical - offset, size);
        return iova + offset;
    }

    /** iommu_dma_alloc_iova(): below 4 GiB first, where single-cycle addresses are cheaper; once that is full, never again. */
    private long allocIova(Device device, IommuDomain domain, int pages) {
        DevIommu dev = GenericIommu.dev(device);
        long end = domain.apertureEnd;
        long limit = Long.compareUnsigned(device.dmaMask(), end) < 0 ? device.dmaMask() : end;
        if (dev.pci32BitWorkaround && Long.compareUnsigned(limit, MASK_32) > 0) {
            long entry = domain.apertureStart > MASK_32 ? DmaAllocator.NONE
                    : domain.iovas.alloc(pages, 0, MASK_32 >>> domain.shift, 0, 0);
            if (entry != DmaAllocator.NONE) {
                return entry;
            }
            dev.pci32BitWorkaround = false;
            kernel.printk().info(String.format(Locale.ROOT, "%s %s: Using %d-bit DMA addresses", device.driverName(), device.name(),
                    64 - Long.numberOfLeadingZeros(limit)));
        }
        return domain.iovas.alloc(pages, 0, limit >>> domain.shift, 0, 0);
    }

    @KernelFunction("__iommu_dma_unmap")
    void unmap(Device device, IommuDomain domain, long dmaAddress, long bytes) {
        domain.read("iova_cookie");
        long offset = dmaAddress & (1L << domain.shift) - 1;
        int pages = domain.pages(offset + bytes);
        long iovaPage = dmaAddress >>> domain.shift;
        long unmapped = domain.table.unmap(iovaPage, pages);
        long size = (long) pages << domain.shift;
        kernel.trace().emit(IommuEvents.UNMAP, iovaPage << domain.shift, (iovaPage << domain.shift) + size, size, unmapped << domain.shift);
        if (unmapped != pages) {
            kernel.printk().warnOn("__iommu_dma_unmap", "");
            kernel.findings().report(FindingKind.WARNING, device.name(), () -> unmapped + " of " + pages + " pages were mapped at IOVA 0x"
                    + Long.toHexString(dmaAddress));
        }
        if (domain.queue != null) {
            domain.queue.queue(iovaPage, pages);
        } else {
            // strict: the IOTLB, which is left out, has forgotten it by now
            domain.iovas.free(iovaPage - domain.firstPage(), pages);
        }
    }
}
