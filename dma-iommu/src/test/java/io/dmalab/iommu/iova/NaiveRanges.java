package io.dmalab.iommu.iova;

import io.dmalab.api.dma.DmaAllocator.Window;
import java.util.BitSet;

/** What any allocator of a window must hold to: one bit an entry, every rule checked by brute force. */
final class NaiveRanges {
    private final Window window;
    private final BitSet taken = new BitSet();
    private long used;

    NaiveRanges(Window window) {
        this.window = window;
    }

    /** Entries that may never be handed out. */
    private boolean forbidden(long entry) {
        long absolute = window.offset() + entry;
        return absolute == 0 || absolute >= window.reservedStart() && absolute < window.reservedEnd();
    }

    /** Whether the request could be served there, all of its rules kept. */
    boolean allows(long entry, int pages, long mask, int alignOrder, long boundary) {
        if (entry < 0 || entry + pages > window.entries() || (entry & (1L << alignOrder) - 1) != 0
                || Long.compareUnsigned(window.offset() + entry + pages - 1, mask) > 0) {
            return false;
        }
        if (boundary != 0 && (window.offset() + entry) / boundary != (window.offset() + entry + pages - 1) / boundary) {
            return false;
        }
        for (long at = entry; at < entry + pages; at++) {
            if (forbidden(at) || taken.get((int) at)) {
                return false;
            }
        }
        return true;
    }

    /** The lowest entry that would do, or -1. */
    long lowest(int pages, long mask, int alignOrder, long boundary) {
        for (long entry = 0; entry + pages <= window.entries(); entry += 1L << alignOrder) {
            if (allows(entry, pages, mask, alignOrder, boundary)) {
                return entry;
            }
        }
        return -1;
    }

    void take(long entry, int pages) {
        taken.set((int) entry, (int) entry + pages);
        used += pages;
    }

    void free(long entry, int pages) {
        taken.clear((int) entry, (int) entry + pages);
        used -= pages;
    }

    long used() {
        return used;
    }
}
