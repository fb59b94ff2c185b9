package io.dmalab.iommu.iova;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.dma.DmaAllocator;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.SpinLock;
import jakarta.inject.Inject;

/**
 * The allocator {@code rcache-magazine}: struct iova_domain of drivers/iommu/iova.c (v6.14; general knowledge, no facts sheet describes
 * it). Ranges up to 32 pages are rounded up to a power of two, and go through per-CPU magazines when they are freed; the tree below is
 * asked only if those are empty. A range of a magazine is still taken in the tree, and only if the tree is full do they all go back.
 * Ranges are aligned to their rounded size within the window. A range that is freed twice is handed out twice, as in the kernel. Left
 * out: CPU hotplug.
 */
public final class RcacheMagazine implements DmaAllocator {
    /** IOVA_RANGE_CACHE_MAX_SIZE: orders 0 to 5 are cached. */
    private static final int ORDERS = 6;
    private static final int BYTES = 320;

    private final Kernel kernel;
    private final SpinLock treeLock;
    private final SpinLock cpuLock;
    private final Rcache[] rcaches = new Rcache[ORDERS];
    private KernelObject object;
    private Bounds bounds;
    private IovaTree tree;
    private long used;

    @Inject
    public RcacheMagazine(Kernel kernel) {
        this.kernel = kernel;
        this.treeLock = kernel.locks().spin("&iovad->iova_rbtree_lock");
        this.cpuLock = kernel.locks().spin("&cpu_rcache->lock");
    }

    @Override
    @KernelFunction("init_iova_domain")
    public void init(Window window) {
        object = kernel.memory().kzalloc("iova_domain", BYTES);
        bounds = new Bounds(window);
        tree = new IovaTree(bounds);
        for (int order = 0; order < ORDERS; order++) {
            rcaches[order] = new Rcache(kernel, this::removeFromTree);
        }
    }

    @Override
    @KernelFunction("alloc_iova_fast")
    public long alloc(int pages, long hint, long mask, int alignOrder, long boundary) {
        object.write("rcaches", kernel.sched().cpu());
        int order = order(pages);
        long size = order < ORDERS ? 1L << order : pages;
        long limit = bounds.limit(mask);
        long found = order < ORDERS && alignOrder <= order ? rcacheGet(order, pages, limit, boundary) : -1;
        if (found < 0) {
            found = allocIova(size, limit, Math.max(order, alignOrder), boundary);
        }
        if (found < 0) {
            return NONE;
        }
        used += pages;
        return found;
    }

    /** iova_rcache_get(). */
    private long rcacheGet(int order, int pages, long limit, long boundary) {
        cpuLock.lock();
        long found = rcaches[order].get(kernel.sched().cpu(), entry -> entry + pages <= limit && !bounds.crosses(entry, pages, boundary));
        cpuLock.unlock();
        return found;
    }

    /** From the tree, and if that is full once more after everything cached has gone back to it. */
    private long allocIova(long size, long limit, int alignOrder, long boundary) {
        long alignMask = (1L << alignOrder) - 1;
        if (boundary != 0 && size > boundary) {
            return NONE;
        }
        long found = insert(size, limit, alignMask, boundary);
        if (found < 0) {
            for (Rcache rcache : rcaches) {
                rcache.drain();
            }
            found = insert(size, limit, alignMask, boundary);
        }
        return found;
    }

    private long insert(long size, long limit, long alignMask, long boundary) {
        treeLock.lock();
        long found = tree.insert(size, limit, alignMask, boundary);
        treeLock.unlock();
        return found;
    }

    @Override
    @KernelFunction("free_iova_fast")
    public void free(long entry, int pages) {
        object.write("rcaches", kernel.sched().cpu());
        int order = order(pages);
        if (order < ORDERS) {
            cpuLock.lock();
            rcaches[order].insert(kernel.sched().cpu(), entry);
            cpuLock.unlock();
        } else {
            removeFromTree(entry);
        }
        used -= pages;
    }

    private void removeFromTree(long entry) {
        treeLock.lock();
        tree.remove(entry);
        treeLock.unlock();
    }

    /** order_base_2(). */
    private static int order(int pages) {
        return 32 - Integer.numberOfLeadingZeros(pages - 1);
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
        for (Rcache rcache : rcaches) {
            rcache.kill();
        }
        kernel.memory().free(object);
    }
}
