package io.dmalab.api.kernel;

import java.util.List;
import java.util.function.IntFunction;

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

    /** The reason that {@link #holder} was given for this number. */
    String reason(int holder);

    /** Notes who has the page now, for reports and the ledger. */
    void heldBy(int page, int holder);

    /** Reason given for the page's present holder, or for all of them if a source knows more than one. */
    default String holderOf(int page) {
        return String.join(" and ", holdersOf(page));
    }

    /** As {@link #holderOf}, one by one; never empty. */
    List<String> holdersOf(int page);

    /**
     * Names who knows better than {@link #heldBy} who has a page, because many things share pages (packets do). Asked by {@link
     * #holderOf}, so for reports only.
     *
     * @param source page number to the reasons of its holders, each named once; empty if it does not know the page
     */
    void holders(IntFunction<List<String>> source);

    /**
     * memblock_reserve(): takes memory from the allocator for good, at boot. Such pages count as in use; accesses to them are none to
     * free pages.
     *
     * @param start physical address, a multiple of the page size, above every page handed out so far
     * @param bytes a multiple of the page size
     * @throws IllegalArgumentException if it is not RAM, or handed out or reserved already
     */
    void reserve(long start, long bytes);

    /** Number of pages ever handed out: page numbers below this have been used. */
    int highWater();

    /** Somebody looks at who has which page, so that {@link #changedHands} is worth calling. */
    default boolean watched() {
        return false;
    }

    /** Who has the page may have changed otherwise than by {@link #heldBy}: for those who told {@link #holders}. Any context. */
    default void changedHands(int page) {}
}
