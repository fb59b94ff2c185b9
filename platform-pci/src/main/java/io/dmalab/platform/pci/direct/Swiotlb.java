package io.dmalab.platform.pci.direct;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.MachineScoped;
import io.dmalab.api.device.Device;
import io.dmalab.api.kernel.Counter;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.SpinLock;
import jakarta.inject.Inject;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * The bounce buffer pool (kernel/dma/swiotlb.c, v6.14; general knowledge, free-policies.md P15b): slots of 2 KiB at a fixed place in low
 * memory. Freeing believes the address that it is given: one that belongs to another device's slots frees those. Left out: areas per CPU,
 * pools that grow, restricted pools, the copying itself, alignment masks of devices.
 */
@MachineScoped
public final class Swiotlb {
    /** IO_TLB_SHIFT. */
    static final int SLOT_SHIFT = 11;
    /** IO_TLB_SEGSIZE: slots that one mapping may take at most; none crosses a multiple of that. */
    static final int SEGMENT_SLOTS = 128;
    /** Bounce slots of somebody that a late unmap freed. */
    public static final String FOREIGN_SLOTS = "swiotlb_foreign_slots_freed";
    /** Slots in use. */
    public static final String USED_SLOTS = "swiotlb_used_slots";
    static final long FULL = -1;
    private static final long NOBODY = -1;

    private final Kernel kernel;
    private final SpinLock lock;
    private final Counter used;
    private final Counter foreign;
    private long start;
    private int slots;
    /** io_tlb_slot.orig_addr; NOBODY if the slot is free. */
    private long[] origAddr = {};
    /** io_tlb_slot.alloc_size: bytes from this slot to the end of its mapping. */
    private int[] allocSize = {};
    /** What is true, whatever the pool believes: who last mapped the slot, and how many mappings still go there. */
    private Device[] users = {};
    private int[] mappings = {};
    private int index;

    @Inject
    public Swiotlb(Kernel kernel) {
        this.kernel = kernel;
        this.lock = kernel.locks().spin("&area->lock");
        this.used = kernel.metrics().counter(USED_SLOTS);
        this.foreign = kernel.metrics().counter(FOREIGN_SLOTS);
    }

    /** swiotlb_init(): {@code bytes} at {@code at}; without room in RAM there is no pool. Once, at boot. */
    public void init(long at, long bytes) {
        if (bytes == 0 || at + bytes > kernel.pages().ramBytes()) {
            kernel.printk().warn("software IO TLB: No low mem");
            return;
        }
        kernel.pages().reserve(at, bytes);
        kernel.metrics().atEnd(this::reportLost);
        start = at;
        slots = Math.toIntExact(bytes >>> SLOT_SHIFT);
        origAddr = new long[slots];
        allocSize = new int[slots];
        users = new Device[slots];
        mappings = new int[slots];
        Arrays.fill(origAddr, NOBODY);
        kernel.printk().info(String.format(Locale.ROOT, "software IO TLB: mapped [mem 0x%016x-0x%016x] (%dMB)", at, at + bytes,
                bytes >> 20));
    }

    /** Slots in use whose mapping has ended, or whose device has no driver that could end it. */
    private void reportLost() {
        long lost = IntStream.range(0, slots)
                .filter(slot -> origAddr[slot] != NOBODY && (mappings[slot] == 0 || !users[slot].bound())).count();
        if (lost > 0) {
            kernel.findings().report(FindingKind.LEAK, "software IO TLB",
                    "of " + slots + " slots " + lost + " belong to nobody when the run ends");
        }
    }

    /** is_swiotlb_buffer(): the address lies in the pool. */
    boolean contains(long physical) {
        return physical >= start && physical - start < (long) slots << SLOT_SHIFT;
    }

    /** Physical address of the bounce buffer, or {@link #FULL}. Pages are bounced to the same offset in a page of the pool. Any context. */
    @KernelFunction("swiotlb_tbl_map_single")
    long map(Device device, long physical, long bytes) {
        int offset = (int) (physical & (1L << SLOT_SHIFT) - 1);
        int wanted = slotsOf(offset + bytes);
        lock.lock();
        int first = slots == 0 || wanted > SEGMENT_SLOTS ? -1 : search(wanted, stride(bytes));
        if (first >= 0) {
            claim(device, first, wanted, physical - offset, offset + (int) bytes);
        }
        lock.unlock();
        return first < 0 ? FULL : start + ((long) first << SLOT_SHIFT) + offset;
    }

    /**
     * swiotlb_search_pool_area(): next fit from the index on, once round. A pool that cannot have the room by its count is not searched.
     */
    private int search(int wanted, int stride) {
        if (wanted > slots - used.value()) {
            return -1;
        }
        int run = 0;
        for (int looked = 0, at = index - index % stride; looked < slots + wanted; looked++, at++) {
            if (at == slots) {
                at = 0;
                run = 0;
            }
            if (at % SEGMENT_SLOTS == 0) {
                run = 0;
            }
            run = origAddr[at] != NOBODY || run == 0 && at % stride != 0 ? 0 : run + 1;
            if (run == wanted) {
                index = (at + 1) % slots;
                return at - wanted + 1;
            }
        }
        return -1;
    }

    /** Mappings of a page or more begin with a page. */
    private int stride(long bytes) {
        return bytes >= kernel.pages().pageSize() ? kernel.pages().pageSize() >>> SLOT_SHIFT : 1;
    }

    private void claim(Device device, int first, int count, long physical, int bytes) {
        for (int i = 0; i < count; i++) {
            int slot = first + i;
            if (mappings[slot] > 0) {
                sharedWith(device, slot);
            }
            origAddr[slot] = physical + ((long) i << SLOT_SHIFT);
            allocSize[slot] = bytes - (i << SLOT_SHIFT);
            users[slot] = device;
            mappings[slot]++;
        }
        used.add(count);
    }

    private void sharedWith(Device device, int slot) {
        Device other = users[slot];
        kernel.findings().report(FindingKind.MEMORY_CORRUPTION, other.name(), () -> "bounce slot " + slot + " is handed to " + device.name()
                + " while a mapping of " + other.name() + " still goes there: what either device writes reaches the other's buffer");
    }

    /**
     * swiotlb_tbl_unmap_single().
     *
     * @param believed physical address that the caller worked out
     * @param real     the one that was mapped, for the books
     */
    @KernelFunction("__swiotlb_tbl_unmap_single")
    void unmap(Device device, long believed, long real) {
        lock.lock();
        int first = slot(believed);
        int count = origAddr[first] == NOBODY ? 0 : slotsOf(allocSize[first]);
        if (believed != real && count > 0) {
            foreign(device, believed, first, count);
        }
        for (int slot = first; slot < first + count; slot++) {
            origAddr[slot] = NOBODY;
            allocSize[slot] = 0;
        }
        used.add(-count);
        lock.unlock();
    }

    /** Somebody's data now goes nowhere: a slot that is free is not copied back. */
    private void foreign(Device device, long address, int first, int count) {
        foreign.add(count);
        Device owner = users[first];
        kernel.findings().report(owner == device ? FindingKind.MEMORY_CORRUPTION : FindingKind.FOREIGN_ENTRY_CLEARED, owner.name(),
                () -> String.format(Locale.ROOT, "an unmap for %s works out physical address 0x%x, which is bounce slot %d, and frees "
                        + "%d slots of %s", device.name(), address, first, count, owner.name()));
    }

    /** For the books: a mapping at {@code real} has ended, whatever was freed for it. */
    void ended(long real, long bytes) {
        int first = slot(real);
        int offset = (int) (real & (1L << SLOT_SHIFT) - 1);
        for (int slot = first; slot < first + slotsOf(offset + bytes); slot++) {
            mappings[slot]--;
        }
    }

    /** How full it is, as the kernel says it. */
    String fill() {
        return "total " + slots + " (slots), used " + used.value() + " (slots)";
    }

    private int slot(long physical) {
        return (int) (physical - start >>> SLOT_SHIFT);
    }

    private static int slotsOf(long bytes) {
        return (int) (bytes + (1L << SLOT_SHIFT) - 1 >>> SLOT_SHIFT);
    }
}
