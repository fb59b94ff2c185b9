package io.dmalab.netstack;

import io.dmalab.api.MachineScoped;
import io.dmalab.api.kernel.Kernel;
import jakarta.inject.Inject;
import java.util.List;

/** All page pools of the machine, and the page_pool part of struct page: owner, pp_ref_count and DMA address in arrays indexed by page number. */
@MachineScoped
public final class PagePools {
    @Inject
    public PagePools(Kernel kernel) {}

    /** page_pool_create. Task context. @throws PagePoolException for every error, after the kernel's line about it */
    public PagePool create(PagePool.Params params) {
        throw new UnsupportedOperationException();
    }

    /** Pools that are not freed, in order of creation. */
    public List<PagePool> all() {
        throw new UnsupportedOperationException();
    }

    /** Pool that the page belongs to; null if none. */
    public PagePool ofPage(int page) {
        throw new UnsupportedOperationException();
    }

    /** napi_pp_put_page: drops {@code owners} of pp_ref_count wherever the page belongs. */
    public void putPage(int page, int owners, boolean allowDirect) {
        throw new UnsupportedOperationException();
    }
}
