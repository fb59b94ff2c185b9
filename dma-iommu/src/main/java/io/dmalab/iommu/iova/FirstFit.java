package io.dmalab.iommu.iova;

import io.dmalab.api.dma.DmaAllocator;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.SpinLock;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.TreeMap;

/**
 * The allocator {@code first-fit}: the lowest free range that fits, one lock. No kernel code stands behind it: it is the simplest
 * allocator there could be, to compare others with. What was freed last at a low address is handed out next, so that a stale address
 * soon belongs to somebody else. Freeing what is free changes nothing, as with the bitmap.
 */
public final class FirstFit implements DmaAllocator {
    private final Kernel kernel;
    private final SpinLock lock;
    /** First entry of each free range to the entry behind it. No two touch. */
    private final TreeMap<Long, Long> free = new TreeMap<>();
    private KernelObject object;
    private Bounds bounds;
    private long used;

    @Inject
    public FirstFit(Kernel kernel) {
        this.kernel = kernel;
        this.lock = kernel.locks().spin("&ff->lock");
    }

    @Override
    public void init(Window window) {
        bounds = new Bounds(window);
        object = kernel.memory().kzalloc("first_fit", 64);
        addFree(bounds.first(), bounds.reservedStart());
        addFree(Math.max(bounds.first(), bounds.reservedEnd()), bounds.entries());
        used = 0;
    }

    @Override
    public long alloc(int pages, long hint, long mask, int alignOrder, long boundary) {
        long alignMask = (1L << alignOrder) - 1;
        long limit = bounds.limit(mask);
        object.write("free");
        lock.lock();
        long found = NONE;
        for (Map.Entry<Long, Long> range : free.entrySet()) {
            if (range.getKey() >= limit) {
                break;
            }
            long entry = bounds.upFrom(range.getKey(), pages, alignMask, boundary);
            if (entry + pages <= Math.min(range.getValue(), limit)) {
                found = entry;
                break;
            }
        }
        if (found != NONE) {
            take(found, found + pages);
            used += pages;
        }
        lock.unlock();
        return found;
    }

    private void take(long start, long end) {
        Map.Entry<Long, Long> range = free.floorEntry(start);
        long rangeEnd = range.getValue();
        if (range.getKey() == start) {
            free.remove(start);
        } else {
            free.put(range.getKey(), start);
        }
        if (end < rangeEnd) {
            free.put(end, rangeEnd);
        }
    }

    @Override
    public void free(long entry, int pages) {
        object.write("free");
        lock.lock();
        used -= addFree(entry, entry + pages);
        lock.unlock();
    }

    /** Adds a range and melts it with those it touches; the number of entries that were not free before. */
    private long addFree(long from, long to) {
        if (from >= to) {
            return 0;
        }
        long start = from;
        long end = to;
        long known = 0;
        Map.Entry<Long, Long> below = free.floorEntry(end);
        while (below != null && below.getValue() >= start) {
            known += Math.max(0, Math.min(below.getValue(), to) - Math.max(below.getKey(), from));
            start = Math.min(start, below.getKey());
            end = Math.max(end, below.getValue());
            free.remove(below.getKey());
            below = free.floorEntry(end);
        }
        free.put(start, end);
        return to - from - known;
    }

    @Override
    public boolean inUse() {
        object.read("free");
        return used != 0;
    }

    @Override
    public long used() {
        return used;
    }

    @Override
    public void release() {
        kernel.memory().free(object);
    }
}
