package io.dmalab.platform.pseries.hypervisor;

import java.util.Arrays;

/**
 * One DMA window's translation table, after hw/ppc/spapr_iommu.c (QEMU 7.2) and LoPAR "TCE Definition"; leaves out the
 * translation caches of the host bridge.
 *
 * <p>Storage follows what is mapped: chunks of 512 entries come with their first non-zero entry and go with their last,
 * so that an empty window of any size costs nothing and clearing an empty chunk is one look-up. Chunks that a large range gives
 * one value have their entries in common until one of them is changed.
 */
public final class TceTable {
    public static final long PERM_READ = 0x1;
    public static final long PERM_WRITE = 0x2;
    public static final long PERM_MASK = PERM_READ | PERM_WRITE;
    /** Answer of {@link #translate} for an access that the host bridge would refuse; no physical address has this value. */
    public static final long FAULT = -1L;
    public static final long ENTRIES_MAX = 1L << 40;

    private static final int CHUNK_SHIFT = TceChunk.SHIFT;
    private static final int CHUNK_ENTRIES = TceChunk.ENTRIES;
    /** Entries from which on a range surely has a whole chunk. */
    private static final int LARGE = 2 * CHUNK_ENTRIES;
    private static final int RECENT_SHIFT = 4;
    private static final int RECENT = 1 << RECENT_SHIFT;

    private final long liobn;
    private final long base;
    private final int pageShift;
    private final long entries;
    private final boolean defaultWindow;
    private Phb owner;

    private final LongTable<TceChunk> chunks = new LongTable<>();
    /** Chunks used of late, each at its {@link #place}: mapping and unmapping go through the table at some distance. */
    private final TceChunk[] recent = new TceChunk[RECENT];
    /**
     * A chunk that lost its last entry goes only when another does: mapping and unmapping one page again and again would else allocate each
     * time. {@link TceChunk#NONE} if there is none.
     */
    private TceChunk emptied = TceChunk.NONE;
    private TceChunk spare;

    /**
     * @param base bus address of entry 0
     * @param entries 1 to {@link #ENTRIES_MAX}; need not be a power of two
     */
    public TceTable(long liobn, long base, int pageShift, long entries, boolean defaultWindow) {
        if (pageShift < 12 || pageShift > 62) {
            throw new IllegalArgumentException("page shift " + pageShift + " of liobn " + Long.toHexString(liobn)
                + " is not in 12..62");
        }
        if (entries < 1 || entries > ENTRIES_MAX) {
            throw new IllegalArgumentException(entries + " entries for liobn " + Long.toHexString(liobn)
                + "; expected 1.." + ENTRIES_MAX);
        }
        this.liobn = liobn;
        this.base = base;
        this.pageShift = pageShift;
        this.entries = entries;
        this.defaultWindow = defaultWindow;
        Arrays.fill(recent, TceChunk.NONE);
    }

    public long liobn() {
        return liobn;
    }

    public long base() {
        return base;
    }

    public int pageShift() {
        return pageShift;
    }

    public long pageSize() {
        return 1L << pageShift;
    }

    public long entries() {
        return entries;
    }

    public long sizeBytes() {
        return entries << pageShift;
    }

    /** Whether this is the window that firmware made, not one asked for by ibm,create-pe-dma-window. */
    public boolean isDefaultWindow() {
        return defaultWindow;
    }

    /** The bridge this window belongs to; null for the window of a virtual device. */
    public Phb owner() {
        return owner;
    }

    void owner(Phb phb) {
        owner = phb;
    }

    /** Number of entries with a permission bit set. */
    public long liveEntries() {
        return chunks.sum(TceChunk::live);
    }

    /** The same within {@code count} entries from {@code index} on; the part beyond the table counts as empty. */
    public long liveEntries(long index, long count) {
        long found = 0;
        long end = Math.min(entries, index + count);
        for (long i = index; i < end; i++) {
            found += (get(i) & PERM_MASK) != 0 ? 1 : 0;
        }
        return found;
    }

    /** Chunks of 512 entries that hold something; at most two empty ones are kept besides. */
    public int chunkCount() {
        return chunks.size() - (emptied != TceChunk.NONE && emptied.isEmpty() ? 1 : 0);
    }

    /** Entry number of a bus address, unsigned: {@link #contains} tells whether the table has it. */
    public long indexOf(long busAddress) {
        return busAddress - base >>> pageShift;
    }

    public boolean contains(long busAddress) {
        return Long.compareUnsigned(indexOf(busAddress), entries) < 0;
    }

    /**
     * Entry number of a bus address that begins a page, in one comparison: anything else comes out as {@link #entries} or more, unsigned. Of a
     * window whose base begins a page; the low bits, which are none then, become the highest.
     */
    long indexOfPage(long busAddress) {
        return Long.rotateRight(busAddress - base, pageShift);
    }

    /** {@link #indexOfPage} serves. */
    boolean beginsPage() {
        return (base & pageSize() - 1) == 0;
    }

    public long get(long index) {
        return find(index >>> CHUNK_SHIFT).get(slot(index));
    }

    /** Stores one entry; the caller has checked that {@code index} is below {@link #entries}. */
    public void put(long index, long tce) {
        TceChunk chunk = find(index >>> CHUNK_SHIFT);
        if (chunk != TceChunk.NONE) {
            chunk.put(slot(index), tce);
            if (chunk.isEmpty()) {
                emptied(chunk);
            }
        } else if (tce != 0) {
            allocate(index >>> CHUNK_SHIFT).put(slot(index), tce);
        }
    }

    /** Stores {@code tce} into {@code count} entries from {@code index} on; the range lies inside the table. */
    public void fill(long index, long count, long tce) {
        if (count == 1) {
            put(index, tce);
            return;
        }
        if (tce == 0 && chunks.size() == 0) {
            return;
        }
        long end = index + count;
        if (tce == 0 && (count >>> CHUNK_SHIFT) > chunks.size()) {
            clearSparse(index, end);
            return;
        }
        long[] common = tce != 0 && count >= LARGE ? filled(tce) : null;
        while (index < end) {
            long stop = Math.min(end, (index >>> CHUNK_SHIFT) + 1 << CHUNK_SHIFT);
            if (common != null && stop - index == CHUNK_ENTRIES) {
                replace(index >>> CHUNK_SHIFT, common);
            } else {
                fillWithinChunk(index, stop, tce);
            }
            index = stop;
        }
    }

    private static long[] filled(long tce) {
        long[] entries = new long[CHUNK_ENTRIES];
        Arrays.fill(entries, tce);
        return entries;
    }

    /** Empties the table, as a machine reset does. */
    public void clear() {
        fill(0, entries, 0);
    }

    /**
     * What a device gets for an access to {@code busAddress}: the physical address, or {@link #FAULT} outside the window
     * or without the permission bit.
     */
    public long translate(long busAddress, boolean write) {
        if (!contains(busAddress)) {
            return FAULT;
        }
        long tce = get(indexOf(busAddress));
        if ((tce & (write ? PERM_WRITE : PERM_READ)) == 0) {
            return FAULT;
        }
        long offsetMask = pageSize() - 1;
        return tce & ~offsetMask | busAddress & offsetMask;
    }

    private void clearSparse(long index, long end) {
        for (long number : chunks.sortedKeys()) {
            long from = Math.max(index, number << CHUNK_SHIFT);
            long to = Math.min(end, number + 1 << CHUNK_SHIFT);
            if (to - from == CHUNK_ENTRIES) {
                forget(number);
            } else if (from < to) {
                fillWithinChunk(from, to, 0);
            }
        }
    }

    /** Gives a whole chunk, there or not, entries that others have, too. */
    private void replace(long number, long[] common) {
        forget(number);
        chunks.put(number, TceChunk.common(number, common));
    }

    private void forget(long number) {
        chunks.remove(number);
        if (recent[place(number)].number == number) {
            recent[place(number)] = TceChunk.NONE;
        }
        if (emptied.number == number) {
            emptied = TceChunk.NONE;
        }
    }

    private void fillWithinChunk(long from, long to, long tce) {
        long number = from >>> CHUNK_SHIFT;
        TceChunk chunk = find(number);
        if (chunk == TceChunk.NONE) {
            if (tce == 0) {
                return;
            }
            chunk = allocate(number);
        }
        int first = slot(from);
        chunk.fill(first, first + (int) (to - from), tce);
        if (chunk.isEmpty()) {
            emptied(chunk);
        }
    }

    /** {@link TceChunk#NONE} if there is no such chunk. */
    private TceChunk find(long number) {
        TceChunk chunk = recent[place(number)];
        return chunk.number == number ? chunk : findInTable(number);
    }

    private TceChunk findInTable(long number) {
        TceChunk chunk = chunks.get(number);
        if (chunk == null) {
            return TceChunk.NONE;
        }
        recent[place(number)] = chunk;
        return chunk;
    }

    private TceChunk allocate(long number) {
        TceChunk chunk = spare != null ? spare.reused(number) : TceChunk.empty(number);
        spare = null;
        chunks.put(number, chunk);
        recent[place(number)] = chunk;
        return chunk;
    }

    /** The chunk has no entry that is not zero. */
    private void emptied(TceChunk chunk) {
        TceChunk before = emptied;
        if (before == chunk) {
            return;
        }
        emptied = chunk;
        if (before != TceChunk.NONE && before.isEmpty()) {
            forget(before.number);
            spare = before;
        }
    }

    /** Not the low bits alone: chunks at a distance of a power of two, as rings have it, shall not take turns in one place. */
    private static int place(long number) {
        return (int) (number ^ number >>> RECENT_SHIFT ^ number >>> 2 * RECENT_SHIFT) & RECENT - 1;
    }

    private static int slot(long index) {
        return (int) index & CHUNK_ENTRIES - 1;
    }
}
