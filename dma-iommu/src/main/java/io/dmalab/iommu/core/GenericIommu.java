package io.dmalab.iommu.core;

import io.dmalab.api.Components;
import io.dmalab.api.KernelFunction;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.HotplugEvent;
import io.dmalab.api.device.HotplugEvent.DeviceChanged.Phase;
import io.dmalab.api.device.HotplugNotifier;
import io.dmalab.api.dma.DmaAllocator;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.dma.IommuBackend;
import io.dmalab.api.kernel.Counter;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.tracepoint.IommuEvents;
import java.util.Locale;

/**
 * A device behind an IOMMU of the generic layer (drivers/iommu/iommu.c and dma-iommu.c, v6.14; facts: real-world-reports.md A2 and A3,
 * mlx-driver.md 7, free-policies.md P13 and P19; what those leave open is general knowledge). A driver of such an IOMMU says what its
 * address space is like and what a look through a NULL group finds. The life of the translation: made when the device is added, gone on
 * the REMOVED notice, whatever is mapped. Left out: scatter lists, bounce buffers, MSI windows, groups of several devices, the IOTLB
 * itself (an entry is gone for the device at its unmap), and what the kernel logs of a refused access.
 */
public abstract class GenericIommu implements IommuBackend, HotplugNotifier {
    /** Pages that were mapped when their domain was freed. */
    public static final String DROPPED_MAPPINGS = "iommu_dropped_mappings";
    /** Unmaps that went past the IOMMU because unbinding had cleared the DMA ops. */
    public static final String DIRECT_UNMAPS = "iommu_unmaps_gone_direct";
    private static final long MASK_32 = 0xffff_ffffL;

    private final Kernel kernel;
    private final Components components;
    private final IommuSettings settings;
    private final Counter dropped;
    private final Counter goneDirect;
    private boolean registered;
    private int groups;

    protected GenericIommu(Kernel kernel, Components components, IommuSettings settings) {
        this.kernel = kernel;
        this.components = components;
        this.settings = settings;
        this.dropped = kernel.metrics().counter(DROPPED_MAPPINGS);
        this.goneDirect = kernel.metrics().counter(DIRECT_UNMAPS);
    }

    /** log2 of the bytes of the smallest page that it maps. */
    protected abstract int pageShift();

    /** The address space of a domain: first and last byte of {@code geometry.aperture}. */
    protected abstract long apertureStart();

    protected abstract long apertureEnd();

    /** What {@code dev->iommu_group->default_domain} is when the group is NULL. It may as well throw the oops. */
    protected abstract IommuDomain domainOfNullGroup();

    /** The IOTLB of a domain is to forget a range, or all. */
    protected void flushIotlb(Device device) {}

    // the device's life

    /** iommu_probe_device(). */
    @Override
    @KernelFunction("iommu_probe_device")
    public void attach(Device device) {
        if (!registered) {
            registered = true;
            kernel.devices().busChain().register(this);
        }
        DevIommu dev = new DevIommu();
        IommuDomain domain = settings.passthrough() ? null : domain();
        dev.group = new IommuGroup(kernel, groups++, domain);
        dev.attached = domain;
        device.archdata(dev);
        device.dmaBypass(settings.passthrough());
        long name = kernel.trace().text(device.name());
        kernel.trace().emit(IommuEvents.ADD_DEVICE_TO_GROUP, dev.group.id, name);
        kernel.printk().info("pci " + device.name() + ": Adding to iommu group " + dev.group.id);
        kernel.trace().emit(IommuEvents.ATTACH_DEVICE_TO_DOMAIN, name);
    }

    /** __iommu_group_alloc_default_domain() and iommu_dma_init_domain(). */
    private IommuDomain domain() {
        IommuDomain domain = new IommuDomain(kernel, pageShift());
        domain.iovas = components.create(DmaAllocator.class, settings.allocator());
        long first = apertureStart() >>> pageShift();
        long last = apertureEnd() >>> pageShift();
        domain.iovas.init(new DmaAllocator.Window(first, last - first + 1, pageShift(), 0, 0));
        if (settings.queue() != IommuSettings.Queue.STRICT) {
            domain.queue = new FlushQueue(kernel, settings.queue(), (page, pages) -> domain.iovas.free(page - first, pages));
        }
        return domain;
    }

    @Override
    public void configure(Device device) {
        dev(device).direct = false;
    }

    /** Until 6.9 the DMA ops were cleared here (arch_teardown_dma_ops). */
    @Override
    public void unbindCleanup(Device device) {
        if (kernel.profile().unbindClearsDmaOps()) {
            device.object().write("dma_ops");
            dev(device).direct = true;
        }
    }

    /** iommu_bus_notifier(). */
    @Override
    public Answer notify(HotplugEvent event) {
        if (event instanceof HotplugEvent.DeviceChanged change && change.phase() == Phase.REMOVED && change.device().backend() == this) {
            releaseDevice(change.device());
            return Answer.OK;
        }
        return Answer.DONE;
    }

    /** The hardware blocks from here on; the last device of the group takes the domain with it. */
    @KernelFunction("iommu_release_device")
    private void releaseDevice(Device device) {
        DevIommu dev = dev(device);
        IommuGroup group = dev.group;
        if (group == null) {
            return;
        }
        kernel.trace().emit(IommuEvents.REMOVE_DEVICE_FROM_GROUP, group.id, kernel.trace().text(device.name()));
        kernel.printk().info("pci " + device.name() + ": Removing from iommu group " + group.id);
        IommuDomain domain = dev.attached;
        dev.attached = null;
        device.object().write("iommu_group");
        dev.group = null;
        if (domain != null) {
            dropped.add(domain.table.mapped());
            domain.free();
        }
        kernel.memory().free(group.object);
    }

    @Override
    public boolean dmaSupported(Device device, long mask) {
        return Long.compareUnsigned(mask, apertureStart()) > 0;
    }

    // mapping

    @Override
    public long map(Device device, long physical, long bytes, DmaDirection direction) {
        return mapPage(device, physical, bytes);
    }

    @Override
    public void unmap(Device device, long dmaAddress, long bytes, DmaDirection direction) {
        if (goesDirect(device)) {
            return;
        }
        unmapPage(device, dmaAddress, bytes);
    }

    /** dma-direct has nothing to do for coherent hardware: the mapping stays behind. */
    private boolean goesDirect(Device device) {
        if (dev(device).direct) {
            goneDirect.increment();
            return true;
        }
        return false;
    }

    @KernelFunction("iommu_dma_map_page")
    private long mapPage(Device device, long physical, long bytes) {
        return dmaMap(device, dmaDomain(device), physical, bytes);
    }

    @Override
    @KernelFunction("iommu_dma_alloc")
    public long mapCoherent(Device device, long physical, long bytes) {
        return dmaMap(device, dmaDomain(device), physical, bytes);
    }

    @KernelFunction("iommu_dma_unmap_page")
    private void unmapPage(Device device, long dmaAddress, long bytes) {
        IommuDomain domain = dmaDomain(device);
        if (iovaToPhys(domain, dmaAddress) == IoPageTable.NONE) {
            kernel.printk().warnOn("iommu_dma_unmap_page", "");
            kernel.findings().report(FindingKind.WARNING, device.name(),
                    () -> "nothing is mapped at IOVA 0x" + Long.toHexString(dmaAddress));
            return;
        }
        dmaUnmap(device, domain, dmaAddress, bytes);
    }

    @Override
    @KernelFunction("iommu_dma_free")
    public void unmapCoherent(Device device, long dmaAddress, long bytes) {
        if (!goesDirect(device)) {
            dmaUnmap(device, dmaDomain(device), dmaAddress, bytes);
        }
    }

    /** Trusts that the device is in a group: no check, as in the kernel. */
    @KernelFunction("iommu_get_dma_domain")
    private IommuDomain dmaDomain(Device device) {
        device.object().read("iommu_group");
        IommuGroup group = dev(device).group;
        return group == null ? domainOfNullGroup() : group.defaultDomain();
    }

    @KernelFunction("iommu_iova_to_phys")
    private static long iovaToPhys(IommuDomain domain, long iova) {
        domain.read("type");
        return domain.table.lookup(iova >>> domain.shift);
    }

    /** __iommu_dma_map(). */
    @KernelFunction("__iommu_dma_map")
    private long dmaMap(Device device, IommuDomain domain, long physical, long bytes) {
        domain.read("iova_cookie");
        long offset = physical & (1L << domain.shift) - 1;
        int pages = pages(domain, offset + bytes);
        long first = apertureStart() >>> domain.shift;
        long entry = allocIova(device, domain, pages);
        if (entry == DmaAllocator.NONE) {
            return DmaApi.MAPPING_ERROR;
        }
        long iovaPage = first + entry;
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
        DevIommu dev = dev(device);
        long limit = Long.compareUnsigned(device.dmaMask(), apertureEnd()) < 0 ? device.dmaMask() : apertureEnd();
        if (dev.pci32BitWorkaround && Long.compareUnsigned(limit, MASK_32) > 0) {
            long entry = apertureStart() > MASK_32 ? DmaAllocator.NONE : domain.iovas.alloc(pages, 0, MASK_32 >>> domain.shift, 0, 0);
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
    private void dmaUnmap(Device device, IommuDomain domain, long dmaAddress, long bytes) {
        domain.read("iova_cookie");
        long offset = dmaAddress & (1L << domain.shift) - 1;
        int pages = pages(domain, offset + bytes);
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
            flushIotlb(device);
            domain.iovas.free(iovaPage - (apertureStart() >>> domain.shift), pages);
        }
    }

    private static int pages(IommuDomain domain, long bytes) {
        return Math.toIntExact(bytes + (1L << domain.shift) - 1 >>> domain.shift);
    }

    // the hardware's side

    /** A device that is attached to nothing is blocked. */
    @Override
    public long translate(Device device, long dmaAddress, boolean write) {
        DevIommu dev = dev(device);
        if (settings.passthrough()) {
            return dev.group == null ? DmaApi.MAPPING_ERROR : dmaAddress;
        }
        if (dev.attached == null) {
            return DmaApi.MAPPING_ERROR;
        }
        long page = dev.attached.table.lookup(dmaAddress >>> dev.attached.shift);
        return page == IoPageTable.NONE ? DmaApi.MAPPING_ERROR
                : page << dev.attached.shift | dmaAddress & (1L << dev.attached.shift) - 1;
    }

    /** Such an IOMMU ends the one access and records it; the device goes on (general knowledge, no facts sheet describes it). */
    @Override
    public Refusal refused(Device device, long dmaAddress, boolean write) {
        return Refusal.FAULT;
    }

    @Override
    public boolean inUse(Device device) {
        IommuDomain domain = dev(device).attached;
        return domain != null && domain.table.mapped() > 0;
    }

    private static DevIommu dev(Device device) {
        return (DevIommu) device.archdata();
    }
}
