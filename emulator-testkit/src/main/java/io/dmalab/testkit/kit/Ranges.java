package io.dmalab.testkit.kit;

import io.dmalab.api.dma.DmaAllocator.Window;
import java.util.BitSet;

/** What is handed out of a window, one bit an entry: an allocator's answers held against its contract by brute force. */
final class Ranges {
    private final Window window;
    private final BitSet taken = new BitSet();

    Ranges(Window window) {
        this.window = window;
    }

    /** What is wrong with a range that was handed out; empty if nothing is. */
    String fault(long entry, int pages, long mask, int alignOrder, long boundary) {
        long first = window.offset() + entry;
        long last = first + pages - 1;
        if (entry < 0 || entry + pages > window.entries()) {
            return "outside the window";
        }
        int next = taken.nextSetBit((int) entry);
        if (next >= 0 && next < entry + pages) {
            return "overlaps entry " + next + ", which is handed out";
        }
        if (last >= window.reservedStart() && first < window.reservedEnd()) {
            return "reserved";
        }
        if (Long.compareUnsigned(last, mask) > 0) {
            return "above the mask " + Long.toHexString(mask);
        }
        if ((entry & (1L << alignOrder) - 1) != 0) {
            return "not aligned to 2^" + alignOrder;
        }
        return boundary != 0 && first / boundary != last / boundary ? "crosses a boundary of " + boundary : "";
    }

    void take(long entry, int pages) {
        taken.set((int) entry, (int) entry + pages);
    }

    void free(long entry, int pages) {
        taken.clear((int) entry, (int) entry + pages);
    }

    long used() {
        return taken.cardinality();
    }
}
