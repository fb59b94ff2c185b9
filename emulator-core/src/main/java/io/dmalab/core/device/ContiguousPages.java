package io.dmalab.core.device;

import io.dmalab.api.kernel.Pages;
import java.util.Arrays;

/**
 * Runs of pages for coherent memory (alloc_pages of a higher order, mm/page_alloc.c): the machine's allocator knows single pages,
 * so pages are taken until the last ones follow upon each other, and the rest goes back as it came. Left out: natural alignment,
 * rounding up to a power of two.
 */
final class ContiguousPages {
    private final Pages pages;

    ContiguousPages(Pages pages) {
        this.pages = pages;
    }

    /** First of {@code count} consecutive pages, each with one reference; -1 if there is no such run. */
    int alloc(int count) {
        int[] taken = new int[Math.min(count, 1024)];
        int number = 0;
        int run = 0;
        while (run < count) {
            int page = pages.alloc();
            if (page < 0) {
                giveBack(taken, number);
                return -1;
            }
            run = number > 0 && page == taken[number - 1] + 1 ? run + 1 : 1;
            if (number == taken.length) {
                taken = Arrays.copyOf(taken, 2 * number);
            }
            taken[number++] = page;
        }
        giveBack(taken, number - count);
        return taken[number - count];
    }

    /** Last page first, so that the same run can be had again. */
    void free(int first, int count) {
        for (int page = first + count - 1; page >= first; page--) {
            pages.put(page);
        }
    }

    private void giveBack(int[] taken, int number) {
        for (int i = number - 1; i >= 0; i--) {
            pages.put(taken[i]);
        }
    }
}
