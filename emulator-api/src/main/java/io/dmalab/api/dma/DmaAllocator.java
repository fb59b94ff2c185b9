package io.dmalab.api.dma;

/**
 * Hands out ranges of a window's entries. An instance serves one window. Entries are relative to the window.
 * Any context; does its own locking; must not sleep.
 */
public interface DmaAllocator {
    /** No range fits. */
    long NONE = -1;

    /** Called once, before anything else. */
    void init(Window window);

    /**
     * @param pages      number of consecutive entries, at least 1
     * @param hint       entry after the previous range of one scatter list, 0 if none
     * @param mask       highest usable absolute entry number (device mask shifted by the page shift)
     * @param alignOrder log2 of the alignment of the relative entry
     * @param boundary   number of entries of a segment that a range must not cross (power of two), 0 for none
     * @return first entry, or {@link #NONE}
     */
    long alloc(int pages, long hint, long mask, int alignOrder, long boundary);

    void free(long entry, int pages);

    /** Some entry is allocated, reserved ones not counted. Reads without locks. */
    boolean inUse();

    /** Number of allocated entries, reserved ones not counted. */
    long used();

    /** Releases the allocator's memory. Later calls are uses after free. */
    void release();

    /**
     * The window to serve.
     *
     * @param offset        absolute number of the first entry
     * @param entries       number of entries, up to 2^40
     * @param shift         log2 of bytes per entry
     * @param reservedStart first reserved entry, absolute; equal to {@code reservedEnd} if none
     * @param reservedEnd   end of the reserved range, exclusive
     */
    record Window(long offset, long entries, int shift, long reservedStart, long reservedEnd) {}
}
