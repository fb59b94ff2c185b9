package io.dmalab.platform.pseries.iommu;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaAllocator;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;

/**
 * struct iommu_table and the functions around it in arch/powerpc/kernel/iommu.c (v6.12; facts: iommu-table.md). The bitmap with its pools
 * is a {@link DmaAllocator}. Left out: kdump read-back, multi-level tables, the VFIO view, debugfs.
 */
public final class IommuTable {
    /** DMA_MAPPING_ERROR: what the allocator's failure looks like in the kernel. */
    public static final long ERROR = DmaApi.MAPPING_ERROR;
    /** IOMAP_MAX_ORDER: a coherent buffer of this order is refused. */
    private static final int COHERENT_ORDER_MAX = 13;
    /** sizeof(struct iommu_table) with four pools of a cache line each. */
    private static final long BYTES = 848;
    private static final String SOURCE = "arch/powerpc/kernel/iommu.c";

    private final IommuTables tables;
    private final Kernel kernel;
    private final TableMessages messages;
    private final FailIommu fail;
    private final TableParameters parameters;
    private final IommuTableOps ops;
    private final IommuPages arithmetic;
    private final int pageShift;
    private final long offset;
    private final long size;
    private final KernelObject object;
    private final TableLife life;
    private DmaAllocator map;
    private long reservedStart;
    private long reservedEnd;

    IommuTable(IommuTables tables, TableParameters parameters, IommuTableOps ops) {
        this.tables = tables;
        this.kernel = tables.kernel();
        this.messages = new TableMessages(tables.log());
        this.fail = tables.fail();
        this.parameters = parameters;
        this.ops = ops;
        this.pageShift = parameters.pageShift();
        this.arithmetic = new IommuPages(pageShift, kernel.pages().pageShift());
        this.offset = parameters.start() >>> pageShift;
        this.size = parameters.bytes() >>> pageShift;
        this.object = kernel.memory().kzalloc("iommu_table", BYTES);
        this.life = new TableLife(this, tables);
        object.state(life::tell);
        kernel.memory().name(object, "LIOBN 0x" + Long.toHexString(parameters.liobn()));
    }

    /**
     * iommu_init_table(): reserves, builds the pools and clears the whole window. Task context.
     *
     * @param resStart first reserved entry, absolute
     * @param resEnd   end of the reserved range, exclusive
     */
    @KernelFunction("iommu_init_table")
    public IommuTable init(long resStart, long resEnd) {
        reservePages(resStart, resEnd);
        map = tables.newAllocator();
        map.init(new DmaAllocator.Window(offset, size, pageShift, reservedStart, reservedEnd));
        object.write("it_map");
        ops.clear(this, offset, size);
        life.begin();
        tables.initialized();
        return this;
    }

    /** iommu_table_reserve_pages(): an empty range after clamping is stored as it_offset. */
    private void reservePages(long resStart, long resEnd) {
        if (resEnd < resStart) {
            messages.reservedBackwards();
        }
        long start = Math.max(resStart, offset);
        long end = Math.min(resEnd, offset + size);
        boolean empty = start >= end;
        reservedStart = empty ? offset : start;
        reservedEnd = empty ? offset : end;
    }

    // mapping

    /**
     * What ppc_iommu_map_sg() does with one element: looks first where {@code hint} says, relative to the window, 0 for nowhere. The
     * address or {@link #ERROR}; as in the kernel the bits of an element that the hypervisor had no room for are not given back.
     */
    public long mapElement(Device dev, long physical, long bytes, DmaDirection direction, long mask, long hint) {
        int pages = arithmetic.count(physical, bytes);
        long found = rangeAlloc(pages, hint, mask >>> pageShift, arithmetic.alignOrder(physical, bytes));
        if (found < 0) {
            messages.allocFailed(this, dev, "ppc_iommu_map_sg", physical, pages);
            return ERROR;
        }
        long entry = found + offset;
        return ops.set(this, entry, pages, physical & ~arithmetic.mask(), direction) == 0
                ? entry << pageShift | physical & arithmetic.mask() : ERROR;
    }

    /** The boundary that no mapping of this table crosses, in entries. */
    public long boundary() {
        return arithmetic.boundary();
    }

    /** Extra alignment of a mapping, as a power of two of entries. */
    public int alignOrder(long physical, long bytes) {
        return arithmetic.alignOrder(physical, bytes);
    }

    /** iommu_map_page(). {@link #ERROR} on failure. */
    @KernelFunction("iommu_map_page")
    public long mapPage(Device dev, long physical, long bytes, DmaDirection direction, long mask) {
        object.read("it_page_shift");
        if (direction == DmaDirection.NONE) {
            throw tables.log().bug("iommu_map_page", SOURCE, "direction NONE");
        }
        int pages = arithmetic.count(physical, bytes);
        long handle = iommuAlloc(physical, pages, direction, mask, arithmetic.alignOrder(physical, bytes));
        if (handle == ERROR) {
            messages.allocFailed(this, dev, "iommu_map_page", physical, pages);
            return ERROR;
        }
        return handle | physical & arithmetic.mask();
    }

    /** iommu_unmap_page(). A tail call in the kernel: never on a call trace. */
    public void unmapPage(long dmaAddress, long bytes, DmaDirection direction) {
        object.read("it_page_shift");
        if (direction == DmaDirection.NONE) {
            throw tables.log().bug("iommu_unmap_page", SOURCE, "direction NONE");
        }
        iommuFree(dmaAddress, arithmetic.count(dmaAddress, bytes));
    }

    /** iommu_alloc_coherent(), for memory that is there already. {@link #ERROR} on failure. */
    @KernelFunction("iommu_alloc_coherent")
    public long allocCoherent(Device dev, long physical, long bytes, long mask) {
        object.read("it_page_shift");
        long rounded = arithmetic.cpuAligned(bytes);
        if (Order.base2(rounded) - arithmetic.cpuShift() >= COHERENT_ORDER_MAX) {
            messages.coherentTooLarge(dev, rounded);
            return ERROR;
        }
        int pages = arithmetic.count(0, rounded);
        return iommuAlloc(physical, pages, DmaDirection.BIDIRECTIONAL, mask, Order.base2(pages));
    }

    /** iommu_free_coherent(). */
    @KernelFunction("iommu_free_coherent")
    public void freeCoherent(long dmaAddress, long bytes) {
        object.read("it_page_shift");
        iommuFree(dmaAddress, arithmetic.count(0, arithmetic.cpuAligned(bytes)));
    }

    /** iommu_alloc(): only an exhausted hypervisor makes it fail once entries were found. */
    private long iommuAlloc(long physical, int pages, DmaDirection direction, long mask, int alignOrder) {
        long found = rangeAlloc(pages, 0, mask >>> pageShift, alignOrder);
        if (found < 0) {
            return ERROR;
        }
        long entry = found + offset;
        long rc = ops.set(this, entry, pages, physical & ~arithmetic.mask(), direction);
        if (rc != 0) {
            iommuFreeEntries(entry << pageShift, pages);
            life.left(pages);
            return ERROR;
        }
        return entry << pageShift;
    }

    /** iommu_range_alloc(): an entry relative to the window, negative if none. */
    long rangeAlloc(int pages, long hint, long mask, int alignOrder) {
        if (pages == 0) {
            messages.nothingAskedFor();
            return DmaAllocator.NONE;
        }
        if (fail.shouldFail()) {
            return DmaAllocator.NONE;
        }
        object.write("pools");
        long found = map.alloc(pages, hint, mask, alignOrder, arithmetic.boundary());
        if (found >= 0) {
            life.mapped(pages);
        }
        return found;
    }

    /** iommu_free(). */
    @KernelFunction("iommu_free")
    private void iommuFree(long dmaAddress, int pages) {
        iommuFreeEntries(dmaAddress, pages);
        object.read("it_ops");
        life.left(pages);
    }

    /** __iommu_free(): the hypervisor first and without a lock, then the bits, whatever the hypervisor said. */
    @KernelFunction("__iommu_free")
    void iommuFreeEntries(long dmaAddress, int pages) {
        object.read("it_offset");
        long entry = dmaAddress >>> pageShift;
        long relative = entry - offset;
        if (relative + pages > size || entry < offset) {
            messages.invalidEntry(this, parameters, entry, dmaAddress);
            return;
        }
        boolean told = life.unmapping(pages);
        if (told) {
            ops.clear(this, entry, pages);
        }
        if (!life.defers(relative, pages)) {
            clearBits(relative, pages, told);
        }
    }

    /** The second half of __iommu_free(). @param told the hypervisor has been told */
    void clearBits(long first, int entries, boolean told) {
        object.write("pools");
        map.free(first, entries);
        life.unmapped(entries, told);
    }

    /** Clears every entry that the hypervisor has of this window; the bits stay. Task context; takes as long as that takes. */
    public void blockAll() {
        ops.clear(this, offset, size);
    }

    /** iommu_table_in_use(): the kernel's bits, never the hypervisor's entries. */
    @KernelFunction("iommu_table_in_use")
    public boolean inUse() {
        object.read("it_map");
        return map != null && map.inUse();
    }

    // life

    /** iommu_tce_table_get(): null once the last reference has gone. */
    public IommuTable get() {
        return life.get() ? this : null;
    }

    /** iommu_tce_table_put(): 1 if that was the last reference. Task context; may sleep as long as the policy wants. */
    @KernelFunction("iommu_tce_table_put")
    public static int put(Kernel kernel, IommuTable table) {
        if (table == null) {
            kernel.printk().warnOn("iommu_tce_table_put", "");
            return 0;
        }
        return table.life.put() ? 1 : 0;
    }

    /** What the policy sees of this table, and its references. */
    TableLife life() {
        return life;
    }

    /** The LIOBN, for reports: not a look at the table's memory. */
    long liobn() {
        return parameters.liobn();
    }

    /** Memory of the structure and its bitmap. */
    long bytes() {
        return BYTES + (size + 63) / 64 * 8;
    }

    // fields

    public KernelObject object() {
        return object;
    }

    public Device device() {
        return parameters.device();
    }

    /** The bridge whose window this table's entries go to. */
    public Object owner() {
        return parameters.owner();
    }

    /** it_index: the LIOBN. */
    public long index() {
        object.read("it_index");
        return parameters.liobn();
    }

    /** it_page_shift. */
    public int pageShift() {
        object.read("it_page_shift");
        return pageShift;
    }

    /** it_offset: the first entry's absolute number. */
    public long offset() {
        return offset;
    }

    /** it_size, in entries. */
    public long size() {
        return size;
    }

    public long reservedStart() {
        return reservedStart;
    }

    public long reservedEnd() {
        return reservedEnd;
    }

    /** Entries in use, reserved ones not counted. */
    public long used() {
        return map == null ? 0 : map.used();
    }

    /** The bitmap, null before {@link #init}. */
    public DmaAllocator map() {
        return map;
    }

    IommuPages arithmetic() {
        return arithmetic;
    }
}
