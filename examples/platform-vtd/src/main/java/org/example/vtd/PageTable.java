package org.example.vtd;

// tag::pagetable
/**
 * A second-level page table of four levels (drivers/iommu/intel/iommu.c: pfn_to_dma_pte, v6.14; VT-d specification, "second-stage
 * translation"): 48 bits of address space in pages of 4 KiB, with a bit each for read and write. Left out: large pages, snoop control,
 * freeing of empty tables, first-level tables.
 */
final class PageTable {
    static final int PAGE_SHIFT = 12;
    static final int ADDRESS_BITS = 48;
    /** DMA_PTE_READ and DMA_PTE_WRITE. */
    static final long READ = 1;
    static final long WRITE = 2;
    private static final long ADDRESS = -1L << PAGE_SHIFT;
    private static final int STRIDE = 9;
    private static final int ENTRIES = 1 << STRIDE;
    private static final int LEVELS = 4;

    /** A page of entries; on the lowest level they are leaves. */
    private static final class Node {
        private final Node[] below;
        private final long[] leaves;

        Node(int level) {
            below = level > 1 ? new Node[ENTRIES] : null;
            leaves = level > 1 ? null : new long[ENTRIES];
        }
    }

    private final Node root = new Node(LEVELS);
    private long mapped;

    /** The entry of a page, 0 if there is none. */
    long pte(long page) {
        Node node = walk(page, false);
        return node == null ? 0 : node.leaves[index(page, 1)];
    }

    /** Puts an entry where there is none; the one that is there already otherwise, which stays. */
    long set(long page, long physical, long rights) {
        Node node = walk(page, true);
        int leaf = index(page, 1);
        if (node.leaves[leaf] != 0) {
            return node.leaves[leaf];
        }
        node.leaves[leaf] = physical & ADDRESS | rights;
        mapped++;
        return 0;
    }

    /** Clears an entry; false if there was none. */
    boolean clear(long page) {
        Node node = walk(page, false);
        int leaf = index(page, 1);
        if (node == null || node.leaves[leaf] == 0) {
            return false;
        }
        node.leaves[leaf] = 0;
        mapped--;
        return true;
    }

    /** Pages mapped now. */
    long mapped() {
        return mapped;
    }

    /** Physical address that an entry leads to. */
    static long physical(long pte, long address) {
        return pte & ADDRESS | address & ~ADDRESS;
    }

    static boolean permits(long pte, boolean write) {
        return (pte & (write ? WRITE : READ)) != 0;
    }

    private Node walk(long page, boolean make) {
        Node node = root;
        for (int level = LEVELS; node != null && level > 1; level--) {
            int at = index(page, level);
            if (node.below[at] == null && make) {
                node.below[at] = new Node(level - 1);
            }
            node = node.below[at];
        }
        return node;
    }

    private static int index(long page, int level) {
        return (int) (page >>> (level - 1) * STRIDE) & ENTRIES - 1;
    }
}
// end::pagetable
