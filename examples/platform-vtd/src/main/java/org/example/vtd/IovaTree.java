package org.example.vtd;

import io.dmalab.api.dma.DmaAllocator;
import io.dmalab.api.dma.DmaAllocator.Window;
import java.util.Map;
import java.util.TreeMap;

/**
 * The tree of an iova_domain (drivers/iommu/iova.c: __alloc_and_insert_iova_range, v6.14): allocated ranges by address. A search goes down
 * from the limit, or from where the last one ended; below 4 GiB and for the rest there is one such memory each. The caller holds the lock.
 * Left out: giving up early by the size that last failed (max32_alloc_size).
 */
final class IovaTree {
    /** Above every range. */
    private static final long ANCHOR = Long.MAX_VALUE;

    private final Window window;
    /** First entry of each range to the entry behind it. */
    private final TreeMap<Long, Long> ranges = new TreeMap<>();
    /** Entry of bus address 4 GiB. */
    private final long above4GiB;
    private long lastBelow4GiB = ANCHOR;
    private long last = ANCHOR;

    /**
     * @param size       entries, as many as are taken
     * @param limit      entry behind the last usable one
     * @param alignOrder log2 of the alignment
     * @param boundary   see {@link DmaAllocator#alloc}
     */
    record Request(long size, long limit, int alignOrder, long boundary) {}

    IovaTree(Window window) {
        this.window = window;
        this.above4GiB = (1L << Math.max(0, Integer.SIZE - window.shift())) - window.offset();
        reserve(window.reservedStart(), window.reservedEnd());
        if (window.offset() == 0) {
            // DMA address 0 would look like a NULL pointer
            reserve(0, 1);
        }
    }

    private void reserve(long start, long end) {
        long from = Math.clamp(start - window.offset(), 0, window.entries());
        long to = Math.clamp(end - window.offset(), 0, window.entries());
        if (to > from) {
            ranges.put(from, to);
        }
    }

    /** Entry behind the last one that a device with this mask reaches. */
    long limit(long mask) {
        if (Long.compareUnsigned(mask, window.offset()) < 0) {
            return 0;
        }
        long reach = mask - window.offset();
        return reach < 0 || reach >= window.entries() ? window.entries() : reach + 1;
    }

    /** A range that is free again would do for the request. */
    boolean fits(long entry, Request request) {
        return entry + request.size() <= request.limit() && !crosses(entry, request);
    }

    // tag::search
    /** First entry of a new range, or {@link DmaAllocator#NONE}. */
    long insert(Request request) {
        boolean low = request.limit() <= above4GiB;
        long from = low ? lastBelow4GiB : last;
        long found = search(from, request);
        if (found == DmaAllocator.NONE && from != ANCHOR) {
            found = search(ANCHOR, request);
        }
        if (found == DmaAllocator.NONE) {
            return DmaAllocator.NONE;
        }
        ranges.put(found, found + request.size());
        if (found + request.size() <= above4GiB) {
            lastBelow4GiB = found;
        } else {
            last = found;
        }
        return found;
    }

    /** Down from the range at {@code node}: the first gap that will do. */
    private long search(long node, Request request) {
        long high = Math.min(request.limit(), node);
        while (high > 0) {
            Map.Entry<Long, Long> below = ranges.lowerEntry(high);
            long low = below == null ? 0 : below.getValue();
            long candidate = downFrom(high, request);
            if (candidate >= low) {
                return candidate;
            }
            high = below == null ? 0 : below.getKey();
        }
        return DmaAllocator.NONE;
    }
    // end::search

    /** The highest aligned entry from which the request ends at or below {@code end} and crosses no boundary; negative if there is none. */
    private long downFrom(long end, Request request) {
        long align = -1L << request.alignOrder();
        if (request.boundary() != 0 && request.size() > request.boundary()) {
            return DmaAllocator.NONE;
        }
        long entry = end - request.size() & align;
        while (entry >= 0 && crosses(entry, request)) {
            long edge = (window.offset() + entry + request.size() - 1 & -request.boundary()) - window.offset();
            entry = edge - request.size() & align;
        }
        return entry;
    }

    private boolean crosses(long entry, Request request) {
        long boundary = request.boundary();
        return boundary != 0 && (window.offset() + entry & boundary - 1) + request.size() > boundary;
    }

    /** A range that is not there is left alone, as the kernel does. */
    void remove(long first) {
        Long end = ranges.remove(first);
        if (end == null) {
            return;
        }
        if (end <= above4GiB && first >= lastBelow4GiB) {
            lastBelow4GiB = next(first);
        }
        if (first >= last) {
            last = next(first);
        }
    }

    private long next(long entry) {
        Long higher = ranges.higherKey(entry);
        return higher == null ? ANCHOR : higher;
    }
}
