package org.example.vtd;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.dma.DmaAllocator;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.SpinLock;
import jakarta.inject.Inject;

/**
 * The allocator {@code vtd-iova}: struct iova_domain (drivers/iommu/iova.c, v6.14; general knowledge, no facts sheet describes it). Ranges
 * of up to 32 pages are rounded up to a power of two; freed ones stay in magazines, and the tree below is asked only if those have none.
 * Ranges are aligned to their rounded size. Left out: CPU hotplug, the work that trims the depot.
 */
final class IovaDomain implements DmaAllocator {
    /** IOVA_RANGE_CACHE_MAX_SIZE: orders 0 to 5 are cached. */
    private static final int ORDERS = 6;
    private static final int BYTES = 320;

    private final Kernel kernel;
    private final SpinLock treeLock;
    private final SpinLock cacheLock;
    private final Magazines[] caches = new Magazines[ORDERS];
    private KernelObject object;
    private IovaTree tree;
    private Window window;
    private long used;

    @Inject
    IovaDomain(Kernel kernel) {
        this.kernel = kernel;
        this.treeLock = kernel.locks().spin("&iovad->iova_rbtree_lock");
        this.cacheLock = kernel.locks().spin("&cpu_rcache->lock");
    }

    @Override
    @KernelFunction("init_iova_domain")
    public void init(Window newWindow) {
        window = newWindow;
        object = kernel.memory().kzalloc("iova_domain", BYTES);
        tree = new IovaTree(newWindow);
        for (int order = 0; order < ORDERS; order++) {
            caches[order] = new Magazines(kernel.sched().cpus());
        }
    }

    // tag::alloc
    @Override
    @KernelFunction("alloc_iova_fast")
    public long alloc(int pages, long hint, long mask, int alignOrder, long boundary) {
        object.write("rcaches", kernel.sched().cpu());
        int order = order(pages);
        long size = order < ORDERS ? 1L << order : pages;
        IovaTree.Request request = new IovaTree.Request(size, tree.limit(mask), Math.max(order, alignOrder), boundary);
        long found = order < ORDERS && alignOrder <= order ? fromCache(order, request) : NONE;
        if (found == NONE) {
            found = fromTree(request);
        }
        if (found != NONE) {
            used += pages;
        }
        return found;
    }

    /** iova_rcache_get(). A cached range is as long as the request is rounded up. */
    private long fromCache(int order, IovaTree.Request request) {
        cacheLock.lock();
        long found = caches[order].get(kernel.sched().cpu(), entry -> tree.fits(entry, request));
        cacheLock.unlock();
        return found;
    }

    /** If the tree is full, once more after all that is cached has gone back to it. */
    private long fromTree(IovaTree.Request request) {
        long found = insert(request);
        if (found == NONE) {
            for (Magazines cache : caches) {
                cache.drain(this::removeFromTree);
            }
            found = insert(request);
        }
        return found;
    }
    // end::alloc

    private long insert(IovaTree.Request request) {
        treeLock.lock();
        long found = tree.insert(request);
        treeLock.unlock();
        return found;
    }

    private void removeFromTree(long entry) {
        treeLock.lock();
        tree.remove(entry);
        treeLock.unlock();
    }

    // tag::free
    @Override
    @KernelFunction("free_iova_fast")
    public void free(long entry, int pages) {
        object.write("rcaches", kernel.sched().cpu());
        int order = order(pages);
        if (order < ORDERS) {
            cacheLock.lock();
            caches[order].put(kernel.sched().cpu(), entry);
            cacheLock.unlock();
        } else {
            removeFromTree(entry);
        }
        used -= pages;
    }
    // end::free

    /** order_base_2(). */
    private static int order(int pages) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(pages - 1);
    }

    @Override
    public boolean inUse() {
        object.read("rcaches");
        return used != 0;
    }

    @Override
    public long used() {
        return used;
    }

    @Override
    @KernelFunction("put_iova_domain")
    public void release() {
        kernel.memory().free(object);
    }
}
