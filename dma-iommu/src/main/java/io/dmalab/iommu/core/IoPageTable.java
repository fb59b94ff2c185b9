package io.dmalab.iommu.core;

import java.util.Arrays;
import java.util.TreeMap;

/**
 * The page table of an IOMMU domain: IOVA page to physical page (drivers/iommu/io-pgtable-arm.c, drivers/iommu/s390-iommu.c; v6.14,
 * general knowledge). Two levels, leaves of 512 entries. Left out: block mappings, protection bits, freeing of empty leaves.
 */
final class IoPageTable {
    static final long NONE = -1;
    private static final int LEAF_SHIFT = 9;
    private static final int LEAF = 1 << LEAF_SHIFT;

    private final TreeMap<Long, long[]> leaves = new TreeMap<>();
    private long mapped;

    /** False, and nothing changed, if one of the pages is mapped already. */
    boolean map(long iovaPage, long physicalPage, long pages) {
        for (long i = 0; i < pages; i++) {
            if (lookup(iovaPage + i) != NONE) {
                return false;
            }
        }
        for (long i = 0; i < pages; i++) {
            leaf(iovaPage + i)[(int) (iovaPage + i & LEAF - 1)] = physicalPage + i;
        }
        mapped += pages;
        return true;
    }

    /** How many pages from {@code iovaPage} on were mapped; it ends at the first that was not. */
    long unmap(long iovaPage, long pages) {
        for (long i = 0; i < pages; i++) {
            if (lookup(iovaPage + i) == NONE) {
                return i;
            }
            leaf(iovaPage + i)[(int) (iovaPage + i & LEAF - 1)] = NONE;
            mapped--;
        }
        return pages;
    }

    /** Physical page, or {@link #NONE}. */
    long lookup(long iovaPage) {
        long[] leaf = leaves.get(iovaPage >>> LEAF_SHIFT);
        return leaf == null ? NONE : leaf[(int) (iovaPage & LEAF - 1)];
    }

    /** Pages mapped now. */
    long mapped() {
        return mapped;
    }

    private long[] leaf(long iovaPage) {
        return leaves.computeIfAbsent(iovaPage >>> LEAF_SHIFT, number -> {
            long[] leaf = new long[LEAF];
            Arrays.fill(leaf, NONE);
            return leaf;
        });
    }
}
