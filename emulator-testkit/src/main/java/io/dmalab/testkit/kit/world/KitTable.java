package io.dmalab.testkit.kit.world;

import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaAllocator;
import io.dmalab.api.kernel.Completion;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.Kref;
import io.dmalab.api.policy.TableGuard;
import io.dmalab.api.policy.TableRelease;
import io.dmalab.api.policy.Verdict;
import java.util.TreeMap;

/**
 * A translation table with a window in front of it, as much as a {@link io.dmalab.api.policy.FreePolicy} is told about: entries, in-use
 * bits, references and an end. Models no platform; what it does to a policy is what its Javadoc promises, and no more.
 */
final class KitTable implements TableRelease {
    private static final long ASK_AGAIN_MS = 50;
    private static final long BYTES = 256;
    private static final long ENTRIES = 4096;
    /** First entry: away from DMA address 0, and with every page size below 4 GiB. */
    private static final long OFFSET = 1 << 12;

    private final Kernel kernel;
    private final Device device;
    private final DmaAllocator map;
    private final KernelObject object;
    private final Kref kref;
    private final TableGuard guard;
    private final int shift;
    /** Entries the hardware has: first entry of a mapping to its physical address. */
    private final TreeMap<Long, Long> hardware = new TreeMap<>();
    private boolean window = true;
    private boolean dead;
    private boolean pointer = true;
    private boolean kept;
    private boolean freed;
    private boolean freeWhenIdle;
    private Completion idle;

    KitTable(Kernel kernel, Device device, DmaAllocator map, long entries) {
        this.kernel = kernel;
        this.device = device;
        this.map = map;
        this.shift = kernel.pages().pageShift();
        this.object = kernel.memory().kzalloc("kit_table", BYTES);
        this.kref = new Kref(object);
        kernel.memory().name(object, subject());
        map.init(new DmaAllocator.Window(OFFSET, Math.min(entries, ENTRIES), shift, 0, 0));
        this.guard = kernel.policy().guardTable(this);
    }

    // entries

    /** The DMA address, or -1. Any context. */
    long map(long physical, long bytes) {
        object.write("entries");
        long offset = physical & (1L << shift) - 1;
        int pages = pages(offset + bytes);
        long entry = map.alloc(pages, 0, device.dmaMask() >>> shift, 0, 0);
        if (entry == DmaAllocator.NONE) {
            return -1;
        }
        guard.mapped(pages);
        for (int i = 0; i < pages; i++) {
            hardware.put(entry + i, (physical >>> shift) + i);
        }
        return OFFSET + entry << shift | offset;
    }

    void unmap(long address, long bytes) {
        object.write("entries");
        int pages = pages((address & (1L << shift) - 1) + bytes);
        long entry = (address >>> shift) - OFFSET;
        if (guard.unmapping(pages) && !dead) {
            clear(entry, pages);
        }
        if (!guard.defers(entry, pages)) {
            giveBack(entry, pages);
        }
        guard.left(pages);
    }

    private void clear(long entry, int pages) {
        if (!window) {
            kernel.findings().report(FindingKind.HCALL_ERROR, subject(), "entries are cleared in a window that is gone");
        }
        hardware.subMap(entry, entry + pages).clear();
    }

    private int pages(long bytes) {
        return Math.toIntExact(bytes + (1L << shift) - 1 >>> shift);
    }

    /** Physical address the hardware reaches, -1 if it faults. */
    long translate(long address) {
        Long page = window ? hardware.get((address >>> shift) - OFFSET) : null;
        return page == null ? -1 : page << shift | address & (1L << shift) - 1;
    }

    @Override
    public void giveBack(long first, int entries) {
        object.write("bits");
        map.free(first, entries);
        guard.unmapped(entries);
        if (idle != null && !inUse()) {
            idle.complete();
        }
        if (kept && freeWhenIdle && !inUse()) {
            later();
        }
    }

    // the end

    /** The window goes; what it maps the hardware reaches no more. */
    void removeWindow() {
        kernel.trace().emit(KitEvents.WINDOW_REMOVED, kernel.trace().text(device.name()), hardware.size());
        hardware.clear();
        window = false;
    }

    /** The endpoint drops its reference. Task context; sleeps as long as the policy wants. */
    void ownerLeaves() {
        guard.ownerLeaves();
        put();
    }

    private void release() {
        Verdict verdict = kernel.policy().releaseTable(this);
        while (verdict instanceof Verdict.WaitFor) {
            kernel.sched().msleep(ASK_AGAIN_MS);
            verdict = kernel.policy().releaseTable(this);
        }
        Answers.check(kernel, "releaseTable", verdict, !(verdict instanceof Verdict.Refuse));
        kept = verdict instanceof Verdict.Keep;
        kernel.trace().emit(KitEvents.TABLE_RELEASED, kernel.trace().text(device.name()), used(), kept ? 1 : 0);
        if (!kept) {
            free();
            return;
        }
        markDead();
        if (freeWhenIdle && !inUse()) {
            later();
        }
    }

    private void free() {
        map.release();
        kernel.memory().free(object);
    }

    private void later() {
        if (!freed) {
            freed = true;
            kernel.events().work("kit_table_free", kept ? this::free : this::release).queue(kernel.sched().cpu());
        }
    }

    // as the policy sees it

    @Override
    public Kernel kernel() {
        return kernel;
    }

    @Override
    public String subject() {
        return "window of " + device.name();
    }

    @Override
    public boolean inUse() {
        object.read("bits");
        return map.inUse();
    }

    @Override
    public long used() {
        return map.used();
    }

    @Override
    public void markDead() {
        object.write("dead");
        dead = true;
    }

    @Override
    public boolean get() {
        return kref.get();
    }

    @Override
    public boolean put() {
        boolean last = kref.put();
        if (last) {
            release();
        }
        return last;
    }

    @Override
    public void putLater() {
        if (kref.put()) {
            kernel.events().work("kit_table_free", this::release).queue(kernel.sched().cpu());
        }
    }

    @Override
    public Device device() {
        return pointer ? device : null;
    }

    @Override
    public String function() {
        return "kit_table_free";
    }

    @Override
    public void clearDevicePointer() {
        pointer = false;
    }

    /** Late unmaps find this table as long as its pointer leads here. */
    boolean reachable() {
        return pointer;
    }

    /** The flag goes up before the first look, so that no wake-up is lost. */
    @Override
    public boolean awaitIdle(long jiffies) {
        long deadline = kernel.clock().jiffies() + jiffies;
        idle = kernel.locks().completion("kit_table idle");
        while (inUse()) {
            long left = deadline - kernel.clock().jiffies();
            if (left <= 0 || !idle.awaitJiffies(left)) {
                break;
            }
        }
        idle = null;
        return !inUse();
    }

    @Override
    public void freeWhenIdle() {
        freeWhenIdle = true;
    }
}
