package io.dmalab.netstack;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.Pages;

/**
 * A pool's alloc cache (struct pp_alloc_cache) and how it is filled (page_pool_refill_alloc_cache, __page_pool_alloc_pages_slow,
 * net/core/page_pool.c, v6.14). Without a lock: one consumer, the NAPI that owns the pool.
 */
final class PoolAlloc implements TakeOrder.Pages {
    /** PP_ALLOC_CACHE_SIZE. */
    static final int CACHE_SIZE = 128;
    /** PP_ALLOC_CACHE_REFILL: also the size of a bulk allocation. */
    static final int CACHE_REFILL = 64;

    private final PagePool pool;
    private final KernelObject object;
    private final Pages pages;
    private final PageFields fields;
    private final int holder;
    /** Pages of a bulk allocation, and of a refill. */
    private final int bulk;
    /** Last in first out. */
    private final int[] cache = new int[CACHE_SIZE];
    private int count;
    private int nid;

    /** @param holder who has a page that is in the pool, for the ledger */
    PoolAlloc(Kernel kernel, PagePool pool, PageFields fields, int holder, int bulk) {
        this.pool = pool;
        this.bulk = bulk;
        this.object = pool.object();
        this.pages = kernel.pages();
        this.fields = fields;
        this.holder = holder;
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public int page(int index) {
        return cache[count - 1 - index];
    }

    int nid() {
        return nid;
    }

    /** A page from the cache, the ring or the page allocator; -1 if there is none. */
    int alloc() {
        object.write("alloc");
        if (count > 0) {
            pool.counters.fast++;
            return cache[--count];
        }
        int page = refillAllocCache();
        return page >= 0 ? page : allocPagesSlow();
    }

    /** Moves what the ring has into the cache, as long as it lies on the right node. Inlined in the kernel. */
    private int refillAllocCache() {
        object.read("ring");
        if (pool.ring.isEmpty()) {
            pool.counters.empty++;
            return -1;
        }
        do {
            int page = pool.ring.consume();
            if (page < 0) {
                break;
            }
            if (fields.nid[page] != nid) {
                // one page is given up, and the caller goes on with what was moved so far
                pool.returnPage(page);
                pool.counters.waive++;
                break;
            }
            cache[count++] = page;
        } while (count < bulk);
        if (count == 0) {
            return -1;
        }
        pool.counters.refill++;
        return cache[--count];
    }

    /** Bulk allocation: up to 64 pages are mapped though the caller gets one. */
    @KernelFunction("__page_pool_alloc_pages_slow")
    private int allocPagesSlow() {
        int fresh = 0;
        while (fresh < bulk) {
            int page = pages.alloc();
            if (page < 0) {
                break;
            }
            cache[fresh++] = page;
        }
        for (int i = 0; i < fresh; i++) {
            int page = cache[i];
            fields.cover(page);
            if (!pool.dma.map(page)) {
                pages.put(page);
                continue;
            }
            fields.enter(page, pool, nid);
            pages.heldBy(page, holder);
            pool.counters.hold(page);
            cache[count++] = page;
        }
        if (count == 0) {
            return -1;
        }
        pool.counters.slow++;
        return cache[--count];
    }

    /** page_pool_recycle_in_cache: false if the cache is full. */
    boolean recycle(int page) {
        object.write("alloc");
        if (count == CACHE_SIZE) {
            pool.counters.cacheFull++;
            return false;
        }
        cache[count++] = page;
        pages.heldBy(page, holder);
        pool.counters.cached++;
        return true;
    }

    /** The cache is emptied, as the check for the node is made at refill only. */
    void updateNid(int newNid) {
        object.write("p.nid");
        nid = newNid;
        empty();
    }

    /** Every page in the cache leaves the pool. */
    void empty() {
        object.write("alloc");
        turn();
        while (count > 0) {
            pool.returnPage(cache[--count]);
            turn();
        }
    }

    /** Not in the kernel: before each look another page may become the next one. */
    private void turn() {
        if (pool.order != null) {
            int index = pool.order.next("cache", this);
            if (count > 0) {
                int chosen = page(index);
                cache[count - 1 - index] = cache[count - 1];
                cache[count - 1] = chosen;
            }
        }
    }
}
