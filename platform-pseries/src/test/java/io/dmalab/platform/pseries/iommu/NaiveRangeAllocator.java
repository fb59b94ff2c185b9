package io.dmalab.platform.pseries.iommu;

import java.util.ArrayList;
import java.util.List;

/**
 * The rules of facts/iommu-table.md sections 3, 4, 6, 7 and 13 written down as plainly as possible, one boolean an entry: what the real allocator
 * is held against.
 */
final class NaiveRangeAllocator {
    final boolean[] used;
    final long offset;
    final List<long[]> pools = new ArrayList<>();
    final int small;
    private final long reservedStart;
    private final long reservedEnd;

    /** Pools are {start, end, hint}; the large one is last. */
    NaiveRangeAllocator(long offset, int entries, int shift, long reservedStart, long reservedEnd) {
        this.offset = offset;
        this.used = new boolean[entries];
        this.reservedStart = reservedStart;
        this.reservedEnd = reservedEnd;
        small = (long) entries << shift >= 1L << 30 ? 4 : 1;
        long poolSize = (long) entries * 3 / 4 / small;
        for (int i = 0; i < small; i++) {
            pools.add(new long[] {i * poolSize, (i + 1) * poolSize, i * poolSize});
        }
        pools.add(new long[] {small * poolSize, entries, small * poolSize});
        if (offset == 0) {
            used[0] = true;
        }
        for (long i = reservedStart; i < reservedEnd; i++) {
            used[(int) (i - offset)] = true;
        }
    }

    long alloc(int cpu, int pages, long handle, long mask, int alignOrder, long boundary) {
        boolean large = pages > 15;
        int number = Integer.remainderUnsigned(cpu * 0x61C88647 >>> 30, small);
        long[] held = pools.get(large ? small : number);
        for (int pass = 0; pass <= small + 2; pass++) {
            long start = pass == 0 && handle != 0 && handle >= held[0] && handle < held[1] ? handle : held[2];
            long limit = held[1];
            if (start >= limit) {
                start = held[0];
            }
            if (limit + offset > mask) {
                limit = mask - offset + 1;
                if ((start & mask) >= limit || pass > 0) {
                    held = pools.getFirst();
                    start = held[0];
                } else {
                    start = start & mask;
                }
            }
            long found = search(start, limit, pages, alignOrder, boundary);
            if (found >= 0) {
                for (long i = found; i < found + pages; i++) {
                    used[(int) i] = true;
                }
                held[2] = large ? found + pages : (found + pages + 15) / 16 * 16;
                return found;
            }
            if (pass == 0) {
                held[2] = held[0];
            } else if (pass <= small) {
                number = (number + 1) % small;
                held = pools.get(number);
                held[2] = held[0];
            } else if (pass == small + 1) {
                held = pools.get(small);
                held[2] = held[0];
            }
        }
        return -1;
    }

    private long search(long from, long limit, int pages, int alignOrder, long boundary) {
        long align = 1L << alignOrder;
        long index = (from + align - 1) / align * align;
        while (index + pages <= limit - 1) {
            long into = (offset + index) % boundary;
            if (!free(index, pages)) {
                index += align;
            } else if (into + pages > boundary) {
                index = (offset + index + boundary - 1) / boundary * boundary - offset;
                index = (index + align - 1) / align * align;
            } else {
                return index;
            }
        }
        return -1;
    }

    private boolean free(long index, int pages) {
        for (long i = index; i < index + pages; i++) {
            if (used[(int) i]) {
                return false;
            }
        }
        return true;
    }

    void free(long entry, long pages) {
        for (long i = entry; i < entry + pages; i++) {
            used[(int) i] = false;
        }
    }

    /** Section 13: bit 0 of a table at 0 and the reserved entries do not count. */
    boolean inUse() {
        for (int i = 0; i < used.length; i++) {
            boolean reserved = i + offset >= reservedStart && i + offset < reservedEnd;
            if (used[i] && !reserved && !(i == 0 && offset == 0)) {
                return true;
            }
        }
        return false;
    }
}
