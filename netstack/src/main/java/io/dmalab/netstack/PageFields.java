package io.dmalab.netstack;

import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.Level;
import io.dmalab.api.kernel.Scheduler;
import java.util.Arrays;
import java.util.Locale;

/** The page_pool part of struct page (include/linux/mm_types.h, v6.14), in arrays indexed by page number. */
final class PageFields {
    /** No DMA mapping is noted in the page. */
    static final long UNMAPPED = DmaApi.MAPPING_ERROR;

    /** Pool the page belongs to (pp and pp_magic); null if none. */
    PagePool[] pool = new PagePool[0];
    /** pp_ref_count. The kernel's is a long; biases here stay below 2^30. */
    int[] refCount = new int[0];
    /** dma_addr. */
    long[] dmaAddress = new long[0];
    /** Node the memory lies on: that of the pool that first asked for it, since the machine's allocator knows no nodes. */
    byte[] nid = new byte[0];

    private final Kernel kernel;
    private final KernelObject memmap;

    PageFields(Kernel kernel) {
        this.kernel = kernel;
        this.memmap = kernel.memory().global("mem_map");
    }

    /** Makes room for pages up to this one. Called where pages enter a pool, so that nothing else needs to look. */
    void cover(int page) {
        if (page < pool.length) {
            return;
        }
        int room = Math.max((page | 63) + 1, 2 * pool.length);
        int old = pool.length;
        pool = Arrays.copyOf(pool, room);
        refCount = Arrays.copyOf(refCount, room);
        dmaAddress = Arrays.copyOf(dmaAddress, room);
        nid = Arrays.copyOf(nid, room);
        Arrays.fill(dmaAddress, old, room, UNMAPPED);
    }

    /** page_pool_set_pp_info and the first owner. */
    void enter(int page, PagePool owner, int node) {
        if (pool[page] != null) {
            badPage(page);
        }
        pool[page] = owner;
        refCount[page] = 1;
        nid[page] = (byte) node;
    }

    /** Freed as an ordinary page while a pool still had it; with CONFIG_DEBUG_VM the kernel finds that when the page is freed. */
    private void badPage(int page) {
        Scheduler sched = kernel.sched();
        String comm = sched.context() == ContextKind.TASK ? sched.current().comm() : "swapper/" + sched.cpu();
        kernel.printk().print(Level.ALERT, String.format(Locale.ROOT, "BUG: Bad page state in process %s  pfn:%05x", comm, page));
        kernel.printk().print(Level.ALERT, "page dumped because: page_pool leak");
        kernel.findings().report(FindingKind.BUG, "page " + page, "freed while it belonged to page_pool " + pool[page].id());
    }

    PagePool poolOf(int page) {
        return page >= 0 && page < pool.length ? pool[page] : null;
    }

    /** page_pool_fragment_page. */
    void fragment(int page, int owners) {
        memmap.write("pp_ref_count", page);
        refCount[page] = owners;
    }

    /** page_pool_unref_page: true if these were the last owners; the count is 1 again then. */
    boolean unref(int page, int owners) {
        memmap.write("pp_ref_count", page);
        int left = refCount[page] - owners;
        if (left > 0) {
            refCount[page] = left;
            return false;
        }
        if (left < 0) {
            return underflow(page, owners);
        }
        refCount[page] = 1;
        return true;
    }

    /** The kernel warns and leaves the page alone. */
    private boolean underflow(int page, int owners) {
        kernel.printk().warnOn("page_pool_unref_page", "");
        kernel.findings().report(FindingKind.BUG, "page " + page,
                owners + " owners let go of a page that has " + refCount[page] + " (pp_ref_count)");
        refCount[page] -= owners;
        return false;
    }
}
