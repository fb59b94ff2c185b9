package io.dmalab.netstack.policy;

import io.dmalab.api.kernel.Counter;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.policy.PoolGuard;
import io.dmalab.api.policy.PoolTeardown;
import java.util.Arrays;

/**
 * Tracks the mapped pages of one pool and unmaps them at destroy (net/core/page_pool.c, v6.16, commit ee62ce7a1d90). The kernel keeps
 * an xarray of page pointers and the id in spare bits of the page's magic word; here it is an array of slots and the id in an array by
 * page number. Includes the later correction that nothing of a page is read after its slot was cleared.
 */
public final class MappedPages implements PoolGuard {
    /** Bits that the page's magic word can spare for the id on PPC64. */
    public static final int ID_BITS_PPC64 = 21;
    /** Nanoseconds that tracking adds to a map and unmap pair. */
    public static final int PAIR_NANOS = 400;
    /** An xarray node takes 576 bytes for 64 slots. */
    public static final int BYTES_PER_PAGE = 9;

    private static final int EMPTY = -1;
    private static final int NO_ID = 0;
    /** A grace period under RTNL is an expedited one. Assumed; the sheet names none. */
    private static final long GRACE_PERIOD_NANOS = 50_000;

    private final Kernel kernel;
    private final KernelObject array;
    private final int maxId;
    private final Counter cost;
    private int[] slots = new int[64];
    private int[] freeIds = new int[64];
    private int freeCount;
    private int nextId = 1;
    private int[] idOfPage = new int[0];
    private int tracked;
    private boolean warned;

    /**
     * @param idBits width of an id, 1 to 30; 0 turns tracking off, as on configurations without a spare bit
     * @param cost   where the modelled nanoseconds are added
     */
    public MappedPages(Kernel kernel, int idBits, Counter cost) {
        this.kernel = kernel;
        this.array = kernel.memory().global("page_pool.dma_mapped");
        this.maxId = (1 << idBits) - 1;
        this.cost = cost;
    }

    /** Mapped pages in the array. */
    public int tracked() {
        return tracked;
    }

    @Override
    public boolean mapped(int page) {
        if (maxId == 0) {
            return true;
        }
        charge();
        array.write("xa_lock");
        int id = freeCount > 0 ? freeIds[--freeCount] : nextId <= maxId ? nextId++ : NO_ID;
        if (id == NO_ID) {
            if (!warned) {
                warned = true;
                kernel.printk().warnOn("page_pool_register_dma_index", "couldn't track DMA mapping, please report to netdev@");
            }
            return false;
        }
        if (id >= slots.length) {
            slots = Arrays.copyOf(slots, 2 * slots.length);
        }
        slots[id] = page;
        setId(page, id);
        tracked++;
        return true;
    }

    @Override
    public boolean claimUnmap(int page) {
        if (maxId == 0) {
            return true;
        }
        int id = page < idOfPage.length ? idOfPage[page] : NO_ID;
        if (id == NO_ID) {
            return false;
        }
        charge();
        idOfPage[page] = NO_ID;
        return clear(id, page);
    }

    /** Compare and exchange of the slot: only one of a late return and the scrub finds the page in it. */
    private boolean clear(int id, int page) {
        array.write("dma_mapped", id);
        if (slots[id] != page) {
            return false;
        }
        slots[id] = EMPTY;
        if (freeCount == freeIds.length) {
            freeIds = Arrays.copyOf(freeIds, 2 * freeCount);
        }
        freeIds[freeCount++] = id;
        tracked--;
        return true;
    }

    @Override
    public void firstScrub(PoolTeardown pool) {
        if (maxId == 0) {
            return;
        }
        pool.stopSync();
        if (tracked > 0) {
            // softirqs that still sync a page for the device are done after a grace period
            kernel.sched().sleepNanos(GRACE_PERIOD_NANOS);
        }
        for (int id = 1; id < nextId; id++) {
            int page = slots[id];
            if (page != EMPTY && clear(id, page)) {
                idOfPage[page] = NO_ID;
                pool.unmap(page);
            }
        }
    }

    /** The fix removed the device reference: after the first scrub the pool has no business with the device. */
    @Override
    public boolean pinsDevice(boolean profileDoes) {
        return false;
    }

    private void setId(int page, int id) {
        if (page >= idOfPage.length) {
            idOfPage = Arrays.copyOf(idOfPage, Math.max(1024, Math.max(page + 1, 2 * idOfPage.length)));
        }
        idOfPage[page] = id;
    }

    private void charge() {
        cost.add(PAIR_NANOS / 2);
        kernel.sched().spend(PAIR_NANOS / 2);
    }
}
