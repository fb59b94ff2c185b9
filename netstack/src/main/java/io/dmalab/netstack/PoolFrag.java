package io.dmalab.netstack;

import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.Pages;

/** The page that a pool hands out in parts (page_pool_alloc_frag, page_pool_drain_frag, page_pool_free_frag, v6.14). */
final class PoolFrag {
    /** References given to the page at first. The kernel's BIAS_MAX is LONG_MAX / 2; counts here are ints. */
    private static final int BIAS_MAX = Integer.MAX_VALUE / 2;

    private final Pages pages;
    private final PagePool pool;
    private final PageFields fields;
    private int page = -1;
    private int offset;
    private int users;

    PoolFrag(Kernel kernel, PagePool pool, PageFields fields) {
        this.pages = kernel.pages();
        this.pool = pool;
        this.fields = fields;
    }

    long alloc(int bytes) {
        int size = pages.pageSize();
        if (bytes <= 0 || bytes > size) {
            throw new IllegalArgumentException(bytes + " bytes of a page of " + size);
        }
        if (2 * bytes > size) {
            int whole = pool.allocPage();
            return whole < 0 ? -1 : (long) whole << 32;
        }
        pool.object().write("frag_page");
        if (page >= 0 && offset + bytes > size) {
            drain();
        }
        if (page >= 0) {
            pool.counters.fast++;
        } else {
            page = pool.allocPage();
            if (page < 0) {
                return -1;
            }
            reset();
        }
        long part = (long) page << 32 | offset;
        users++;
        offset += bytes;
        return part;
    }

    /** Gives back the unused bias. If nobody else has the page, it is used from its start again; else a new one is needed. */
    private void drain() {
        int full = page;
        page = -1;
        if (!fields.unref(full, BIAS_MAX - users)) {
            return;
        }
        if (pages.refCount(full) != 1) {
            pool.returnPage(full);
            return;
        }
        page = full;
        reset();
    }

    private void reset() {
        users = 0;
        offset = 0;
        fields.fragment(page, BIAS_MAX);
    }

    /** On destroy. */
    void free() {
        int last = page;
        page = -1;
        if (last >= 0 && fields.unref(last, BIAS_MAX - users)) {
            pool.returnPage(last);
        }
    }
}
