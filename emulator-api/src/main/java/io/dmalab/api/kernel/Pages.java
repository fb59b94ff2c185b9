package io.dmalab.api.kernel;

/**
 * The page allocator and struct page (mm/page_alloc.c). A page is an int, its frame number; no object exists per page.
 * Allocation order is deterministic: the page freed last is handed out first.
 */
public interface Pages {
    /** Bytes of a CPU page: 4096 or 65536. */
    int pageSize();

    int pageShift();

    /** Bytes of RAM at boot, from physical address 0 on without holes. */
    long ramBytes();

    /** A page with reference count 1, or -1 if memory is exhausted. */
    int alloc();

    /** get_page(). */
    void get(int page);

    /** put_page(); the page returns to the allocator with the last reference. */
    void put(int page);

    /** {@code page._refcount}; 0 if free. */
    int refCount(int page);

    /** Physical address of the first byte. */
    default long physical(int page) {
        return (long) page << pageShift();
    }

    /** Names a holder once; the result is given to {@link #heldBy}. */
    int holder(String reason);

    /** Notes who has the page now, for reports and the ledger. */
    void heldBy(int page, int holder);

    /** Reason given for the page's present holder. */
    String holderOf(int page);

    /** Number of pages ever handed out: page numbers below this have been used. */
    int highWater();
}
