package org.example.vtd;

import io.dmalab.api.Components;
import io.dmalab.api.KernelFunction;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.HotplugEvent;
import io.dmalab.api.device.HotplugEvent.DeviceChanged.Phase;
import io.dmalab.api.device.HotplugNotifier;
import io.dmalab.api.dma.DmaAllocator;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.dma.IommuBackend;
import io.dmalab.api.kernel.Counter;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.tracepoint.IommuEvents;
import jakarta.inject.Inject;
import org.example.vtd.VtdOptions.Invalidation;

/**
 * The backend {@code intel-iommu}: the life of a device's translation (drivers/iommu/iommu.c, drivers/iommu/intel/iommu.c, v6.14; facts:
 * real-world-reports.md A2, A4 and invariant 1; what those leave open is general knowledge). It is made when the device is added and gone
 * on the REMOVED notice, whatever is mapped. Mapping itself is {@link DmaIommu}'s. Left out: groups of several devices, user space's
 * domains, scalable mode, ATS, bounce buffers for devices that are not trusted.
 */
class IntelIommu implements IommuBackend, HotplugNotifier {
    /** Pages that were mapped when their domain was freed. */
    static final String DROPPED_MAPPINGS = "vtd_dropped_mappings";
    /** Unmaps that went past the IOMMU because the device's release had cleared its DMA ops. */
    static final String DIRECT_UNMAPS = "vtd_unmaps_gone_direct";
    /** Offset of default_domain in struct iommu_group, as in the reports' "NULL + 0xa8". */
    private static final long DEFAULT_DOMAIN = 0xa8;

    final Kernel kernel;
    private final Components components;
    private final RemappingUnit unit;
    private final DmaIommu dma;
    private final Counter dropped;
    private final Counter goneDirect;
    private boolean registered;
    private int groups;

    @Inject
    IntelIommu(Kernel kernel, Components components, RemappingUnit unit) {
        this.kernel = kernel;
        this.components = components;
        this.unit = unit;
        this.dma = new DmaIommu(kernel, unit);
        this.dropped = kernel.metrics().counter(DROPPED_MAPPINGS);
        this.goneDirect = kernel.metrics().counter(DIRECT_UNMAPS);
    }

    // the device's life

    // tag::attach
    @Override
    @KernelFunction("iommu_probe_device")
    public void attach(Device device) {
        if (!registered) {
            registered = true;
            kernel.devices().busChain().register(this);
        }
        VtdDevice dev = new VtdDevice();
        boolean passthrough = unit.options().passthrough();
        DmarDomain domain = passthrough ? null : newDomain();
        dev.group = VtdDevice.Group.of(kernel, groups++, domain);
        dev.context = domain;
        device.archdata(dev);
        device.dmaBypass(passthrough);
        long name = kernel.trace().text(device.name());
        kernel.trace().emit(IommuEvents.ADD_DEVICE_TO_GROUP, dev.group.id(), name);
        kernel.printk().info("pci " + device.name() + ": Adding to iommu group " + dev.group.id());
        kernel.trace().emit(IommuEvents.ATTACH_DEVICE_TO_DOMAIN, name);
    }
    // end::attach

    private DmarDomain newDomain() {
        return new DmarDomain(kernel, unit, components.create(DmaAllocator.class, unit.options().allocator()),
                unit.options().invalidation() == Invalidation.LAZY);
    }

    // tag::release
    /** iommu_bus_notifier(). */
    @Override
    public Answer notify(HotplugEvent event) {
        if (event instanceof HotplugEvent.DeviceChanged change && change.phase() == releasedOn() && change.device().backend() == this) {
            releaseDevice(change.device());
            return Answer.OK;
        }
        return Answer.DONE;
    }

    /** The notice on which the translation goes. */
    Phase releasedOn() {
        return Phase.REMOVED;
    }

    /**
     * The context entry is cleared, so that the hardware blocks; the last device of the group takes the domain with it. Nobody looks for
     * mappings.
     */
    @KernelFunction("iommu_release_device")
    private void releaseDevice(Device device) {
        VtdDevice dev = dev(device);
        VtdDevice.Group group = dev.group;
        if (group == null) {
            return;
        }
        kernel.trace().emit(IommuEvents.REMOVE_DEVICE_FROM_GROUP, group.id(), kernel.trace().text(device.name()));
        kernel.printk().info("pci " + device.name() + ": Removing from iommu group " + group.id());
        DmarDomain domain = dev.context;
        dev.context = null;
        intelReleaseDevice(device, dev);
        device.object().write("iommu_group");
        dev.group = null;
        if (domain != null) {
            dropped.add(domain.table.mapped());
            domain.free();
        }
        kernel.memory().free(group.object());
    }

    /** Until 6.9 the driver of the IOMMU had set the device's DMA ops, and took them away here. */
    @KernelFunction("intel_iommu_release_device")
    private void intelReleaseDevice(Device device, VtdDevice dev) {
        if (kernel.profile().unbindClearsDmaOps()) {
            device.object().write("dma_ops");
            dev.direct = true;
        }
    }
    // end::release

    @Override
    public boolean dmaSupported(Device device, long mask) {
        return mask >>> PageTable.PAGE_SHIFT != 0;
    }

    // mapping

    // tag::late
    /** iommu_get_dma_domain(): trusts that the device is in a group. After a removal it is not: this is where a late unmap ends. */
    @KernelFunction("iommu_get_dma_domain")
    DmarDomain domainOf(Device device) {
        device.object().read("iommu_group");
        VtdDevice.Group group = dev(device).group;
        if (group == null) {
            throw kernel.memory().badAccess("a NULL iommu_group", "default_domain", DEFAULT_DOMAIN, false);
        }
        return group.defaultDomain();
    }

    @Override
    @KernelFunction("iommu_dma_unmap_page")
    public void unmap(Device device, long dmaAddress, long bytes, DmaDirection direction) {
        if (goesDirect(device)) {
            return;
        }
        DmarDomain domain = domainOf(device);
        if (dma.isMapped(device, domain, dmaAddress)) {
            dma.unmap(device, domain, dmaAddress, bytes);
        }
    }
    // end::late

    /** dma-direct has nothing to do for coherent hardware: the mapping, if there still is one, stays behind. */
    private boolean goesDirect(Device device) {
        if (dev(device).direct) {
            goneDirect.increment();
            return true;
        }
        return false;
    }

    // tag::map
    @Override
    @KernelFunction("iommu_dma_map_page")
    public long map(Device device, long physical, long bytes, DmaDirection direction) {
        return dma.map(device, domainOf(device), physical, bytes, DmaIommu.rights(direction));
    }
    // end::map

    @Override
    @KernelFunction("iommu_dma_alloc")
    public long mapCoherent(Device device, long physical, long bytes) {
        return dma.map(device, domainOf(device), physical, bytes, DmaIommu.rights(DmaDirection.BIDIRECTIONAL));
    }

    @Override
    @KernelFunction("iommu_dma_free")
    public void unmapCoherent(Device device, long dmaAddress, long bytes) {
        if (!goesDirect(device)) {
            dma.unmap(device, domainOf(device), dmaAddress, bytes);
        }
    }

    // the hardware's side

    // tag::hardware
    @Override
    public long translate(Device device, long dmaAddress, boolean write) {
        return passesThrough(device) ? dmaAddress : unit.translate(dev(device).context, dmaAddress, write);
    }

    @Override
    public long access(Device device, long dmaAddress, boolean write) {
        return passesThrough(device) ? dmaAddress : unit.access(device, dev(device).context, dmaAddress, write);
    }

    /** The device goes on; the kernel reads of it in the fault registers. */
    @Override
    public Refusal refused(Device device, long dmaAddress, boolean write) {
        unit.refused(device, dev(device).context, dmaAddress, write);
        return Refusal.FAULT;
    }
    // end::hardware

    private boolean passesThrough(Device device) {
        return unit.options().passthrough() && dev(device).group != null;
    }

    @Override
    public boolean inUse(Device device) {
        DmarDomain domain = dev(device).context;
        return domain != null && domain.table.mapped() > 0;
    }

    static VtdDevice dev(Device device) {
        return (VtdDevice) device.archdata();
    }
}
