package io.dmalab.netstack.policy;

import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.policy.PoolGuard;
import io.dmalab.api.policy.PoolTeardown;
import java.util.Arrays;

/**
 * The mapped pages of one pool, each in a slot with a number, and how they are unmapped when the pool is destroyed. The schemes that were
 * proposed differ in where the slots are and in what it takes to find a free one. A slot is emptied by compare and exchange, so that each
 * page is unmapped exactly once, by a late return or by the walk; nothing of a page is read after that.
 */
abstract class TrackedPages implements PoolGuard {
    static final int NONE = -1;

    private static final int EMPTY = -1;

    final Kernel kernel;
    final Books books;
    private final KernelObject memory;
    private final String slotsLock;
    private final String slotsField;
    private final int picosEach;
    private int[] slots = new int[64];
    /** Slot of a page, plus one; 0 if it has none. */
    private int[] slotOfPage = new int[0];
    private int tracked;

    /**
     * @param memory    what the slots are in, for the lifetime checker
     * @param lock      name of the access that looks for a slot
     * @param field     name of the access that empties one
     * @param picosEach picoseconds that an addition takes, and a removal
     */
    TrackedPages(Kernel kernel, Books books, KernelObject memory, String lock, String field, int picosEach) {
        this.kernel = kernel;
        this.books = books;
        this.memory = memory;
        this.slotsLock = lock;
        this.slotsField = field;
        this.picosEach = picosEach;
        Arrays.fill(slots, EMPTY);
    }

    /** A free slot, {@link #NONE} if there is none. */
    abstract int take();

    /** The slot is free again. */
    abstract void give(int slot);

    /** Slots below this have been used: the walk ends here. */
    abstract int end();

    /** The walk is about to begin. May sleep. */
    abstract void beforeWalk(PoolTeardown pool);

    /** Mapped pages in slots. */
    public final int tracked() {
        return tracked;
    }

    @Override
    public boolean mapped(int page) {
        charge();
        memory.write(slotsLock);
        int slot = take();
        if (slot == NONE) {
            return false;
        }
        if (slot >= slots.length) {
            grow(slot + 1);
        }
        slots[slot] = page;
        setSlot(page, slot + 1);
        tracked++;
        books.pageIn();
        return true;
    }

    @Override
    public boolean claimUnmap(int page) {
        int slot = page < slotOfPage.length ? slotOfPage[page] - 1 : NONE;
        if (slot == NONE) {
            // somebody has emptied it, or it never had one
            memory.read(slotsField);
            return false;
        }
        charge();
        slotOfPage[page] = 0;
        return clear(slot, page);
    }

    /** Compare and exchange of the slot: only one of a late return and the walk finds the page in it. */
    private boolean clear(int slot, int page) {
        memory.write(slotsField, slot);
        if (slots[slot] != page) {
            return false;
        }
        slots[slot] = EMPTY;
        give(slot);
        tracked--;
        books.pageOut();
        return true;
    }

    @Override
    public void firstScrub(PoolTeardown pool) {
        beforeWalk(pool);
        int end = Math.min(end(), slots.length);
        for (int slot = 0; slot < end; slot++) {
            int page = slots[slot];
            if (page != EMPTY && clear(slot, page)) {
                slotOfPage[page] = 0;
                pool.unmap(page);
            }
        }
    }

    /** What is unmapped at destroy has no business with the device afterwards, so the pool needs no reference on it. */
    @Override
    public boolean pinsDevice(boolean profileDoes) {
        return false;
    }

    private void grow(int least) {
        int old = slots.length;
        slots = Arrays.copyOf(slots, Math.max(least, 2 * old));
        Arrays.fill(slots, old, slots.length, EMPTY);
    }

    private void setSlot(int page, int value) {
        if (page >= slotOfPage.length) {
            slotOfPage = Arrays.copyOf(slotOfPage, Math.max(512, Math.max(page + 1, 2 * slotOfPage.length)));
        }
        slotOfPage[page] = value;
    }

    private void charge() {
        long nanos = books.charge(picosEach);
        if (nanos > 0) {
            kernel.sched().spend(nanos);
        }
    }
}
