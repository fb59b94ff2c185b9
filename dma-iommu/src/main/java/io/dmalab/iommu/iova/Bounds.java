package io.dmalab.iommu.iova;

import io.dmalab.api.dma.DmaAllocator.Window;

/** What entries of a window a request may get: arithmetic that allocators share. Entries are relative to the window. */
final class Bounds {
    private final Window window;

    Bounds(Window window) {
        this.window = window;
    }

    /** First entry that is ever handed out: DMA address 0 is not. */
    long first() {
        return window.offset() == 0 ? 1 : 0;
    }

    /** Entry behind the last one that a device with this mask reaches; not above the window's end. */
    long limit(long mask) {
        if (Long.compareUnsigned(mask, window.offset()) < 0) {
            return 0;
        }
        long last = mask - window.offset();
        return last < 0 || last >= window.entries() ? window.entries() : last + 1;
    }

    /** The range crosses a boundary of that many entries; 0 for none. */
    boolean crosses(long entry, long pages, long boundary) {
        return boundary != 0 && (window.offset() + entry & boundary - 1) + pages > boundary;
    }

    /** Highest aligned entry from which {@code pages} end at or below {@code end} and cross no boundary; negative if there is none. */
    long downFrom(long end, long pages, long alignMask, long boundary) {
        long entry = end - pages & ~alignMask;
        while (entry >= 0 && crosses(entry, pages, boundary)) {
            // down to where the range ends at the boundary that it crosses
            long edge = (window.offset() + entry + pages - 1 & -boundary) - window.offset();
            entry = edge - pages & ~alignMask;
        }
        return entry;
    }

    /** Lowest aligned entry at or above {@code from} that crosses no boundary. The caller looks whether the range still fits. */
    long upFrom(long from, long pages, long alignMask, long boundary) {
        long entry = from + alignMask & ~alignMask;
        if (boundary != 0 && pages > boundary) {
            return Long.MAX_VALUE - pages;
        }
        while (crosses(entry, pages, boundary)) {
            long edge = (window.offset() + entry + boundary & -boundary) - window.offset();
            entry = edge + alignMask & ~alignMask;
        }
        return entry;
    }

    /** Reserved entries within the window: first one, and the one behind them; equal if there are none. */
    long reservedStart() {
        return Math.clamp(window.reservedStart() - window.offset(), 0, window.entries());
    }

    long reservedEnd() {
        return Math.max(reservedStart(), Math.clamp(window.reservedEnd() - window.offset(), 0, window.entries()));
    }

    long entries() {
        return window.entries();
    }

    int shift() {
        return window.shift();
    }

    long offset() {
        return window.offset();
    }
}
