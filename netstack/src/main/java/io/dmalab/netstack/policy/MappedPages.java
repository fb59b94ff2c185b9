package io.dmalab.netstack.policy;

import io.dmalab.api.kernel.Counter;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.policy.PoolTeardown;
import java.util.Arrays;

/**
 * Tracks the mapped pages of one pool and unmaps them at destroy (net/core/page_pool.c, v6.16, commit ee62ce7a1d90). The kernel keeps
 * an xarray of page pointers and the id in spare bits of the page's magic word; here the id is the number of a slot. Includes the later
 * correction that nothing of a page is read after its slot was cleared.
 */
public final class MappedPages extends TrackedPages {
    /** Bits that the page's magic word can spare for the id on PPC64. */
    public static final int ID_BITS_PPC64 = 21;
    /** Nanoseconds that tracking adds to a map and unmap pair. */
    public static final int PAIR_NANOS = 400;

    /** An xarray node has 64 slots and takes 576 bytes. */
    private static final int NODE_SHIFT = 6;
    private static final int NODE_BYTES = 576;
    /** A grace period under RTNL is an expedited one. Assumed; the sheet names none. */
    private static final long GRACE_PERIOD_NANOS = 50_000;

    private final int maxId;
    private int[] freeIds = new int[64];
    private int freeCount;
    private int nextId = 1;
    /** Pages in each node of the array; a node without any is freed. */
    private int[] population = new int[16];
    private boolean warned;

    /** The tracker that is part of a kernel and costs no policy anything. */
    public MappedPages(Kernel kernel) {
        this(kernel, ID_BITS_PPC64, new Books(new Counter("part of this kernel")));
    }

    /** @param idBits width of an id, 1 to 30; 0 turns tracking off, as on configurations without a spare bit */
    MappedPages(Kernel kernel, int idBits, Books books) {
        super(kernel, books, kernel.memory().global("page_pool.dma_mapped"), "xa_lock", "dma_mapped", PAIR_NANOS * 1000 / 2);
        this.maxId = (1 << idBits) - 1;
    }

    @Override
    public boolean mapped(int page) {
        return maxId == 0 || super.mapped(page);
    }

    @Override
    public boolean claimUnmap(int page) {
        return maxId == 0 || super.claimUnmap(page);
    }

    @Override
    public void firstScrub(PoolTeardown pool) {
        if (maxId != 0) {
            super.firstScrub(pool);
        }
    }

    @Override
    int take() {
        int id = freeCount > 0 ? freeIds[--freeCount] : nextId <= maxId ? nextId++ : NONE;
        if (id == NONE) {
            warn();
            return NONE;
        }
        int node = id >>> NODE_SHIFT;
        if (node >= population.length) {
            population = Arrays.copyOf(population, 2 * population.length);
        }
        if (population[node]++ == 0) {
            books.bytes(NODE_BYTES);
        }
        return id;
    }

    private void warn() {
        if (!warned) {
            warned = true;
            kernel.printk().warnOn("page_pool_register_dma_index", "couldn't track DMA mapping, please report to netdev@");
        }
    }

    @Override
    void give(int id) {
        if (freeCount == freeIds.length) {
            freeIds = Arrays.copyOf(freeIds, 2 * freeCount);
        }
        freeIds[freeCount++] = id;
        if (--population[id >>> NODE_SHIFT] == 0) {
            books.bytes(-NODE_BYTES);
        }
    }

    @Override
    int end() {
        return nextId;
    }

    @Override
    void beforeWalk(PoolTeardown pool) {
        boolean synced = pool.stopSync();
        if (synced && tracked() > 0) {
            // whoever still syncs a page for the device is done after a grace period
            kernel.rcu().synchronize(GRACE_PERIOD_NANOS);
        }
    }
}
