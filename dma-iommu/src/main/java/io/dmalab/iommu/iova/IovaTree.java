package io.dmalab.iommu.iova;

import io.dmalab.api.KernelFunction;
import java.util.Map;
import java.util.TreeMap;

/**
 * The tree of an iova_domain (drivers/iommu/iova.c: __alloc_and_insert_iova_range, private_free_iova; v6.14; general knowledge):
 * allocated ranges by address; a search goes down from the limit, or from the range that the last search ended at. There is one such
 * memory for requests below 4 GiB and one for the rest. The caller holds the domain's lock. Left out: best fit, and giving up early by
 * the size that last failed (max32_alloc_size).
 */
final class IovaTree {
    private static final long FAILED = -1;
    /** Above every range. */
    private static final long ANCHOR = Long.MAX_VALUE;

    private final Bounds bounds;
    /** First entry of each range to the entry behind it. */
    private final TreeMap<Long, Long> ranges = new TreeMap<>();
    /** Entry of bus address 4 GiB. */
    private final long dma32;
    private long cachedNode = ANCHOR;
    private long cached32Node = ANCHOR;

    IovaTree(Bounds bounds) {
        this.bounds = bounds;
        this.dma32 = (1L << Math.max(0, 32 - bounds.shift())) - bounds.offset();
        if (bounds.reservedEnd() > bounds.reservedStart()) {
            ranges.put(bounds.reservedStart(), bounds.reservedEnd());
        }
    }

    /** First entry of a new range, or a negative number. @param limit entry behind the last usable one */
    @KernelFunction("alloc_iova")
    long insert(long size, long limit, long alignMask, long boundary) {
        long cached = limit <= dma32 ? cached32Node : cachedNode;
        long found = search(cached, size, limit, alignMask, boundary);
        if (found < 0 && cached != ANCHOR) {
            found = search(ANCHOR, size, limit, alignMask, boundary);
        }
        if (found < 0) {
            return FAILED;
        }
        ranges.put(found, found + size);
        if (found + size <= dma32) {
            cached32Node = found;
        } else {
            cachedNode = found;
        }
        return found;
    }

    /** Down from the range at {@code node}: the first gap in which the request fits below it and the limit. */
    private long search(long node, long size, long limit, long alignMask, long boundary) {
        long high = Math.min(limit, node);
        Map.Entry<Long, Long> below = ranges.lowerEntry(high);
        while (true) {
            long low = below == null ? bounds.first() : below.getValue();
            long candidate = bounds.downFrom(high, size, alignMask, boundary);
            if (candidate >= low) {
                return candidate;
            }
            if (below == null) {
                return FAILED;
            }
            high = Math.min(high, below.getKey());
            below = ranges.lowerEntry(below.getKey());
        }
    }

    /** Takes out the range that begins there; one that is not there is left alone, as the kernel does. */
    @KernelFunction("free_iova")
    void remove(long first) {
        Long end = ranges.remove(first);
        if (end == null) {
            return;
        }
        if (first == cached32Node || end <= dma32 && first >= cached32Node) {
            cached32Node = above(first);
        }
        if (first >= cachedNode) {
            cachedNode = above(first);
        }
    }

    private long above(long entry) {
        Long next = ranges.higherKey(entry);
        return next == null ? ANCHOR : next;
    }
}
