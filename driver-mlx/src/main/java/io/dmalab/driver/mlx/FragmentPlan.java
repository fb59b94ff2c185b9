package io.dmalab.driver.mlx;

import java.util.List;

/**
 * How the WQEs of a cyclic receive queue share pages (en_main.c: mlx5e_init_frags_partition): fragments are packed into pages in ring
 * order, a page is taken for the fragment at its start and released by the one flagged last in page.
 */
final class FragmentPlan {
    private final int perWqe;
    private final int[] slot;
    private final int[] offset;
    private final boolean[] last;
    private final int pages;
    private final int group;

    FragmentPlan(List<RingLayout.Fragment> fragments, int wqes, int pageSize) {
        perWqe = fragments.size();
        slot = new int[wqes * perWqe];
        offset = new int[slot.length];
        last = new boolean[slot.length];
        int page = 0;
        int used = 0;
        for (int i = 0; i < slot.length; i++) {
            int stride = fragments.get(i % perWqe).stride();
            if (used + stride > pageSize) {
                last[i - 1] = true;
                page++;
                used = 0;
            }
            slot[i] = page;
            offset[i] = used;
            used += stride;
        }
        last[slot.length - 1] = true;
        pages = page + 1;
        group = group(wqes);
    }

    /** The smallest power of two such that every WQE whose number is a multiple of it starts a page. */
    private int group(int wqes) {
        int size = 1;
        while (size < wqes && !startsPages(size, wqes)) {
            size *= 2;
        }
        return size;
    }

    private boolean startsPages(int step, int wqes) {
        for (int wqe = 0; wqe < wqes; wqe += step) {
            if (offset[wqe * perWqe] != 0) {
                return false;
            }
        }
        return true;
    }

    /** Pages of the whole ring. */
    int pages() {
        return pages;
    }

    /** WQEs that are refilled together, so that no page is shared between a posted and a refilled WQE. */
    int group() {
        return group;
    }

    /** Number of the page that holds a fragment. @param fragment WQE number times fragments per WQE, plus fragment number */
    int slot(int fragment) {
        return slot[fragment];
    }

    /** Where in its page the fragment starts. */
    int offset(int fragment) {
        return offset[fragment];
    }

    /** The fragment releases its page. */
    boolean lastInPage(int fragment) {
        return last[fragment];
    }
}
