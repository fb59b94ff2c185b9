package io.dmalab.core.device;

import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.Clock;
import io.dmalab.api.kernel.Counter;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.observe.LifeRecord;
import io.dmalab.core.kernel.Lives;
import io.dmalab.core.kernel.SimKernel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The books of the DMA API: which mappings are live, per device, whoever removed the device since. Not kernel state: reading it
 * is neither an access nor a scheduling point. Every mapping is one of: unmapped, dropped by a policy, live; the counters below
 * say so at the end of a run.
 */
public final class DmaLedger {
    /** Mappings made, streaming and coherent. Equal to unmaps + dropped unmaps + live at any time. */
    public static final String MAPS = "dma_maps";
    /** Live mappings ended. */
    public static final String UNMAPS = "dma_unmaps";
    /** Live mappings now. */
    public static final String LIVE = "dma_live";
    /** Unmaps that the policy kept from the backend. */
    public static final String DROPPED_UNMAPS = "dma_dropped_unmaps";

    /** Result of {@link #unmapped} if there is no such mapping. */
    static final int UNKNOWN = -2;

    /** dma-debug, if the machine has it: {@link DmaDebug} puts itself here. */
    DmaDebug debug;

    private final Kernel kernel;
    private final Lives lives;
    private final Clock clock;
    private final Callers callers;
    private final Counter maps;
    private final Counter unmaps;
    private final Counter live;
    private final Counter droppedUnmaps;
    /** In order of their first mapping. */
    private final List<DeviceImpl> devices = new ArrayList<>();

    public DmaLedger(SimKernel kernel) {
        this.kernel = kernel;
        this.lives = kernel.lives();
        this.clock = kernel.clock();
        this.callers = new Callers(kernel.sched());
        this.maps = kernel.metrics().counter(MAPS);
        this.unmaps = kernel.metrics().counter(UNMAPS);
        this.live = kernel.metrics().counter(LIVE);
        this.droppedUnmaps = kernel.metrics().counter(DROPPED_UNMAPS);
    }

    /**
     * A live mapping.
     *
     * @param address    DMA address
     * @param coherent   made by dma_alloc_coherent; else streaming
     * @param page       first page
     * @param mappedBy   task ({@code comm:pid}) or interrupt context that made it
     * @param sinceNanos virtual time at which it was made
     * @param holder     who has the page now
     * @param stack      with dma-debug, the functions that made it, innermost first, as the kernel prints them; else empty
     */
    public record Live(
            long address, long bytes, DmaDirection direction, boolean coherent, int page, String mappedBy, long sinceNanos, String holder,
            List<String> stack) {
        public Live {
            stack = List.copyOf(stack);
        }
    }

    // queries

    /** Every device that ever had a mapping, removed ones too, in order of the first one. */
    public List<Device> devices() {
        return List.copyOf(devices);
    }

    /** Live mappings of the device, coherent ones too. */
    public int live(Device device) {
        return DeviceImpl.of(device).mappings.size();
    }

    /** Live streaming mappings of the device. */
    public int streaming(Device device) {
        MappingTable table = DeviceImpl.of(device).mappings;
        return table.size() - table.coherent();
    }

    /** Live mappings of devices that have no driver. */
    public long leaked() {
        long leaked = 0;
        for (DeviceImpl device : devices) {
            leaked += device.bound() ? 0 : device.mappings.size();
        }
        return leaked;
    }

    /** The live mapping that was made first. */
    public Optional<Live> oldest(Device device) {
        List<Live> all = snapshot(device);
        return all.isEmpty() ? Optional.empty() : Optional.of(all.getFirst());
    }

    /** All live mappings of the device, oldest first, at one time by address. */
    public List<Live> snapshot(Device device) {
        MappingTable table = DeviceImpl.of(device).mappings;
        List<Live> all = new ArrayList<>(table.size());
        table.forEachSlot(slot -> all.add(describe(table, slot)));
        all.sort(Comparator.comparingLong(Live::sinceNanos).thenComparing(Live::address, Long::compareUnsigned));
        return all;
    }

    /**
     * Holds the ledger against itself and, while the device has a driver, against its backend. For tests and paranoid runs.
     *
     * @return what does not agree; empty if all is well
     */
    public List<String> verify(Device device) {
        return LedgerCheck.verify(DeviceImpl.of(device));
    }

    // entries

    /** Notes a new mapping. @param kind sum of {@link MappingTable#COHERENT} and {@link MappingTable#DIRECT} */
    void mapped(DeviceImpl device, long address, long bytes, DmaDirection direction, int kind, int page) {
        MappingTable table = device.mappings;
        int slot = table.insert(address, MappingTable.meta(bytes, direction.ordinal(), kind), clock.now(), page, callers.number());
        if (slot < 0) {
            slot = ~slot;
            if ((kind & MappingTable.DIRECT) == 0) {
                handedOutTwice(device, address);
            }
        }
        if (!device.inLedger) {
            device.inLedger = true;
            devices.add(device);
        }
        if (debug != null) {
            table.stack(slot, (kind & MappingTable.COHERENT) == 0 ? debug.stackOfMapPage() : debug.stackOfAllocCoherent());
        }
        maps.increment();
        live.increment();
        if (lives.watched()) {
            lives.tell(new LifeRecord.Mapped(lives.now(), lives.by(), device.name(), device.alias(), address, bytes, direction,
                    (kind & MappingTable.COHERENT) != 0, page));
        }
    }

    /** Takes a mapping out and reports if it is not there or differs; its first page, or {@link #UNKNOWN}. */
    int unmapped(DeviceImpl device, long address, long bytes, DmaDirection direction, int kind) {
        return ended(device, address, bytes, direction, kind, false);
    }

    private int ended(DeviceImpl device, long address, long bytes, DmaDirection direction, int kind, boolean drops) {
        MappingTable table = device.mappings;
        long meta = MappingTable.meta(bytes, direction.ordinal(), kind);
        int slot = table.find(address, meta);
        if (slot < 0) {
            unknown(device, address, bytes);
            return UNKNOWN;
        }
        if (table.meta(slot) != meta) {
            differs(device, slot, meta);
        }
        int page = table.page(slot);
        table.remove(slot);
        unmaps.increment();
        live.add(-1);
        if (lives.watched()) {
            lives.tell(new LifeRecord.Unmapped(lives.now(), lives.by(), device.name(), device.alias(), address, bytes,
                    (kind & MappingTable.COHERENT) != 0, page, !device.bound(), drops));
        }
        return page;
    }

    /** As {@link #unmapped}, but the backend will not hear of it. */
    void dropped(DeviceImpl device, long address, long bytes, DmaDirection direction, int kind) {
        if (ended(device, address, bytes, direction, kind, true) != UNKNOWN) {
            unmaps.add(-1);
            droppedUnmaps.increment();
            device.mappings.dropped++;
        }
    }

    private Live describe(MappingTable table, int slot) {
        long meta = table.meta(slot);
        int page = table.page(slot);
        boolean coherent = (meta & MappingTable.COHERENT) != 0;
        return new Live(table.address(slot), MappingTable.bytes(meta), LedgerCheck.direction(meta), coherent, page,
                callers.name(table.mapper(slot)), table.since(slot), holder(page), stack(table, slot));
    }

    private String holder(int page) {
        return kernel.pages().refCount(page) == 0 ? "nobody: the page is free" : kernel.pages().holderOf(page);
    }

    private static List<String> stack(MappingTable table, int slot) {
        Object stack = table.stack(slot);
        return stack instanceof DmaDebug.Trace trace ? trace.functions() : List.of();
    }

    // what is wrong

    private void handedOutTwice(DeviceImpl device, long address) {
        kernel.findings().report(FindingKind.BUG, device.name(),
                "the IOMMU handed out DMA address " + hex(address) + " although a mapping there is live");
    }

    private void unknown(DeviceImpl device, long address, long bytes) {
        kernel.findings().report(FindingKind.DOUBLE_UNMAP, device.name(),
                bytes + " bytes at DMA address " + hex(address) + " are unmapped, but nothing is mapped there");
        if (debug != null) {
            debug.unknown(device, address, bytes);
        }
    }

    private void differs(DeviceImpl device, int slot, long meta) {
        MappingTable table = device.mappings;
        kernel.findings().report(FindingKind.DOUBLE_UNMAP, device.name(), "DMA address " + hex(table.address(slot))
                + " is unmapped otherwise than it was mapped: " + LedgerCheck.difference(table.meta(slot), meta));
        if (debug != null) {
            debug.differs(device, describe(table, slot), table.meta(slot), meta);
        }
    }

    static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}
