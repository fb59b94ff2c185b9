package io.dmalab.core.device;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.dma.IommuBackend;
import io.dmalab.api.kernel.Counter;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelOops;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.kernel.Pages;
import io.dmalab.api.policy.FreePolicy;
import java.util.Locale;

/**
 * The DMA API (kernel/dma/mapping.c, v6.14; direct mappings as in kernel/dma/direct.c) over a machine's IOMMU backends, with
 * every call held against the {@link DmaLedger}. A device that bypasses its IOMMU is mapped by arithmetic, coherent memory too.
 * Nothing here looks whether the device still has a driver, as nothing in the kernel does; that is only counted. Left out:
 * scatter lists, syncs, bounce buffers, memory of devices' own, limited bypass.
 */
public final class DmaMapping implements DmaApi {
    private final Kernel kernel;
    private final DmaLedger ledger;
    private final Pages pages;
    private final ContiguousPages contiguous;
    private final DmaTrace trace;
    private final DeviceAccess access;
    private final Counter lateUnmaps;
    private final Counter droppedUnmaps;
    private boolean policyAsked;
    /** The policy, if it wants to see mappings. */
    private FreePolicy watcher;

    public DmaMapping(Kernel kernel, DmaLedger ledger) {
        this.kernel = kernel;
        this.ledger = ledger;
        this.pages = kernel.pages();
        this.contiguous = new ContiguousPages(pages);
        this.trace = new DmaTrace(kernel);
        this.access = new DeviceAccess(kernel);
        this.droppedUnmaps = kernel.metrics().counter(Metrics.DROPPED_LATE_UNMAPS);
        this.lateUnmaps = kernel.metrics().counter(Metrics.LATE_UNMAPS);
    }

    public DmaLedger ledger() {
        return ledger;
    }

    // streaming

    @Override
    public long mapPage(Device device, int page, int offset, int bytes, DmaDirection direction) {
        return mapPage(device, page, offset, bytes, direction, 0);
    }

    @Override
    @KernelFunction("dma_map_page_attrs")
    public long mapPage(Device device, int page, int offset, int bytes, DmaDirection direction, int attrs) {
        DeviceImpl dev = DeviceImpl.of(device);
        dev.object().read("dma_ops");
        check(direction, bytes);
        long physical = pages.physical(page) + offset;
        long address = dev.dmaBypass ? directMap(dev, physical, bytes) : backend(dev).map(dev, physical, bytes, direction);
        trace.mapped(dev, direction, address, bytes, physical, attrs);
        if (address == MAPPING_ERROR) {
            return MAPPING_ERROR;
        }
        if (!dev.bound()) {
            withoutDriver(dev, address, bytes);
        }
        ledger.mapped(dev, address, bytes, direction, dev.dmaBypass ? MappingTable.DIRECT : 0, page);
        FreePolicy policy = watcher();
        if (policy != null) {
            policy.mapped(dev, address, bytes, direction);
        }
        return address;
    }

    @Override
    public void unmapPage(Device device, long dmaAddress, int bytes, DmaDirection direction) {
        unmapPage(device, dmaAddress, bytes, direction, 0);
    }

    /** The ledger lets go of the address before the backend does and may hand it out anew; the kernel's dma-debug looks afterwards. */
    @Override
    @KernelFunction("dma_unmap_page_attrs")
    public void unmapPage(Device device, long dmaAddress, int bytes, DmaDirection direction, int attrs) {
        DeviceImpl dev = DeviceImpl.of(device);
        dev.object().read("dma_ops");
        check(direction, bytes);
        if (!dev.bound()) {
            late(dev, dmaAddress, bytes);
        }
        int kind = dev.dmaBypass ? MappingTable.DIRECT : 0;
        FreePolicy policy = watcher();
        if (policy != null && !policy.unmapping(dev, dmaAddress, bytes, direction)) {
            ledger.dropped(dev, dmaAddress, bytes, direction, kind);
            droppedUnmaps.increment();
            return;
        }
        ledger.unmapped(dev, dmaAddress, bytes, direction, kind);
        if (!dev.dmaBypass) {
            backend(dev).unmap(dev, dmaAddress, bytes, direction);
        }
        trace.unmapped(dev, direction, dmaAddress, bytes, attrs);
    }

    // coherent

    @Override
    @KernelFunction("dma_alloc_attrs")
    public long allocCoherent(Device device, long bytes) {
        DeviceImpl dev = DeviceImpl.of(device);
        dev.object().read("dma_ops");
        check(DmaDirection.BIDIRECTIONAL, bytes);
        int count = pagesOf(bytes);
        int first = contiguous.alloc(count);
        if (first < 0) {
            kernel.findings().report(FindingKind.ALLOCATION_FAILURE, dev.name(), "no " + bytes + " bytes of coherent memory");
            return MAPPING_ERROR;
        }
        long size = (long) count << pages.pageShift();
        long physical = pages.physical(first);
        long address = dev.dmaBypass ? directMap(dev, physical, size) : backend(dev).mapCoherent(dev, physical, size);
        if (address == MAPPING_ERROR) {
            contiguous.free(first, count);
            return MAPPING_ERROR;
        }
        int kind = MappingTable.COHERENT | (dev.dmaBypass ? MappingTable.DIRECT : 0);
        ledger.mapped(dev, address, bytes, DmaDirection.BIDIRECTIONAL, kind, first);
        int holder = pages.holder("coherent memory of " + dev.name());
        for (int page = first; page < first + count; page++) {
            pages.heldBy(page, holder);
        }
        kernel.trace().emit(DeviceEvents.ALLOC_COHERENT, dev.nameText, address, bytes, physical);
        return address;
    }

    /** Memory that the ledger does not know is unmapped all the same, as the kernel does; its pages are not. */
    @Override
    @KernelFunction("dma_free_attrs")
    public void freeCoherent(Device device, long dmaAddress, long bytes) {
        DeviceImpl dev = DeviceImpl.of(device);
        dev.object().read("dma_ops");
        check(DmaDirection.BIDIRECTIONAL, bytes);
        if (!dev.bound()) {
            late(dev, dmaAddress, bytes);
        }
        int kind = MappingTable.COHERENT | (dev.dmaBypass ? MappingTable.DIRECT : 0);
        int first = ledger.unmapped(dev, dmaAddress, bytes, DmaDirection.BIDIRECTIONAL, kind);
        int count = pagesOf(bytes);
        if (!dev.dmaBypass) {
            backend(dev).unmapCoherent(dev, dmaAddress, (long) count << pages.pageShift());
        }
        if (first >= 0) {
            contiguous.free(first, count);
        }
        kernel.trace().emit(DeviceEvents.FREE_COHERENT, dev.nameText, dmaAddress, bytes);
    }

    // the device

    @Override
    @KernelFunction("dma_set_mask")
    public boolean setMask(Device device, long mask) {
        DeviceImpl dev = DeviceImpl.of(device);
        dev.object().read("dma_ops");
        boolean supported = backend(dev).dmaSupported(dev, mask);
        if (supported) {
            dev.dmaMask(mask);
        }
        kernel.trace().emit(DeviceEvents.SET_MASK, dev.nameText, mask, supported ? 1 : 0);
        return supported;
    }

    @Override
    public long deviceAccess(Device device, long dmaAddress, int bytes, boolean write) {
        return access.access(DeviceImpl.of(device), dmaAddress, bytes, write);
    }

    @Override
    public boolean frozen(Device device) {
        return DeviceImpl.of(device).frozen;
    }

    @Override
    public int live(Device device) {
        return ledger.streaming(device);
    }

    // parts

    private int pagesOf(long bytes) {
        return Math.toIntExact(bytes + pages.pageSize() - 1 >>> pages.pageShift());
    }

    /** dma_direct_map_page(): arithmetic, if the device can reach the last byte. */
    private long directMap(DeviceImpl dev, long physical, long bytes) {
        long address = physical + dev.dmaOffset;
        if (Long.compareUnsigned(address + bytes - 1, dev.dmaMask) > 0) {
            kernel.findings().report(FindingKind.ALLOCATION_FAILURE, dev.name(),
                    "DMA address " + DmaLedger.hex(address) + "+" + bytes + " overflows mask " + DmaLedger.hex(dev.dmaMask));
            return MAPPING_ERROR;
        }
        return address;
    }

    private static IommuBackend backend(DeviceImpl dev) {
        if (dev.backend == null) {
            throw new IllegalStateException(dev + " has no IOMMU backend; its platform sets one before a driver is bound");
        }
        return dev.backend;
    }

    /** The policy, if it watches mappings. Asked on first use, since machines are given their policy last. */
    private FreePolicy watcher() {
        if (!policyAsked) {
            policyAsked = true;
            watcher = kernel.policy().watchesMappings() ? kernel.policy() : null;
        }
        return watcher;
    }

    /** BUG_ON(!valid_dma_direction()). */
    private void check(DmaDirection direction, long bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("a DMA mapping of " + bytes + " bytes");
        }
        if (direction == DmaDirection.NONE) {
            kernel.findings().report(FindingKind.BUG, "kernel/dma/mapping.c", "a DMA mapping with direction NONE");
            kernel.printk().err("kernel BUG at kernel/dma/mapping.c!");
            throw new KernelOops("kernel BUG at kernel/dma/mapping.c!");
        }
    }

    private void withoutDriver(DeviceImpl dev, long address, long bytes) {
        kernel.findings().report(FindingKind.BUG, dev.name(),
                bytes + " bytes are mapped at DMA address " + DmaLedger.hex(address) + " for a device without a driver");
    }

    private void late(DeviceImpl dev, long address, long bytes) {
        lateUnmaps.increment();
        kernel.findings().report(FindingKind.LATE_UNMAP, dev.name(), () -> String.format(Locale.ROOT,
                "%d bytes at DMA address 0x%x are unmapped %.6f s after %s had let go of the device", bytes, address,
                (kernel.clock().now() - dev.unboundNanos()) / 1e9, dev.driverName().isEmpty() ? "the driver" : dev.driverName()));
    }
}
