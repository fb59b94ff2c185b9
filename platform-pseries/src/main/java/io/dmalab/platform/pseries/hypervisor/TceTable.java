package io.dmalab.platform.pseries.hypervisor;

import java.util.Arrays;

/**
 * One DMA window's translation table, after hw/ppc/spapr_iommu.c (QEMU 7.2) and LoPAR "TCE Definition"; leaves out the
 * translation caches of the host bridge.
 *
 * <p>Storage follows what is mapped: chunks of 512 entries come with their first non-zero entry and go with their last,
 * so that an empty window of any size costs nothing and clearing an empty chunk is one look-up.
 */
public final class TceTable {
    public static final long PERM_READ = 0x1;
    public static final long PERM_WRITE = 0x2;
    public static final long PERM_MASK = PERM_READ | PERM_WRITE;
    /** Answer of {@link #translate} for an access that the host bridge would refuse; no physical address has this value. */
    public static final long FAULT = -1L;
    public static final long ENTRIES_MAX = 1L << 40;

    private static final int CHUNK_SHIFT = 9;
    private static final int CHUNK_ENTRIES = 1 << CHUNK_SHIFT;
    private static final int RECENT_SHIFT = 4;
    private static final int RECENT = 1 << RECENT_SHIFT;
    /** Stands where no chunk is; no entry has its number. */
    private static final Chunk NONE = new Chunk(-1, new long[0]);
    /** One entry with a permission bit, in {@link Chunk#counts}. */
    private static final long LIVE = 1L << 32;

    private final long liobn;
    private final long base;
    private final int pageShift;
    private final long entries;
    private final boolean defaultWindow;
    private Phb owner;

    private final LongTable<Chunk> chunks = new LongTable<>();
    /** Chunks used of late, each at its {@link #place}: mapping and unmapping go through the table at some distance. */
    private final Chunk[] recent = new Chunk[RECENT];
    /**
     * A chunk that lost its last entry goes only when another does: mapping and unmapping one page again and again would else allocate each
     * time. {@link #NONE} if there is none.
     */
    private Chunk emptied = NONE;
    private Chunk spare;

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
        Arrays.fill(recent, NONE);
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
        return chunks.sum(chunk -> chunk.counts >>> 32);
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
        return chunks.size() - (emptied != NONE && emptied.counts == 0 ? 1 : 0);
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
        Chunk chunk = find(index >>> CHUNK_SHIFT);
        if (chunk != NONE) {
            chunk.put(slot(index), tce);
            if (chunk.counts == 0) {
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
        while (index < end) {
            long stop = Math.min(end, (index >>> CHUNK_SHIFT) + 1 << CHUNK_SHIFT);
            fillWithinChunk(index, stop, tce);
            index = stop;
        }
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
            if (from < to) {
                fillWithinChunk(from, to, 0);
            }
        }
    }

    private void fillWithinChunk(long from, long to, long tce) {
        long number = from >>> CHUNK_SHIFT;
        Chunk chunk = find(number);
        if (chunk == NONE) {
            if (tce == 0) {
                return;
            }
            chunk = allocate(number);
        }
        int first = slot(from);
        chunk.fill(first, first + (int) (to - from), tce);
        if (chunk.counts == 0) {
            emptied(chunk);
        }
    }

    /** {@link #NONE} if there is no such chunk. */
    private Chunk find(long number) {
        Chunk chunk = recent[place(number)];
        return chunk.number == number ? chunk : findInTable(number);
    }

    private Chunk findInTable(long number) {
        Chunk chunk = chunks.get(number);
        if (chunk == null) {
            return NONE;
        }
        recent[place(number)] = chunk;
        return chunk;
    }

    private Chunk allocate(long number) {
        Chunk chunk = new Chunk(number, spare != null ? spare.tces : new long[CHUNK_ENTRIES]);
        spare = null;
        chunks.put(number, chunk);
        recent[place(number)] = chunk;
        return chunk;
    }

    /** The chunk has no entry that is not zero. */
    private void emptied(Chunk chunk) {
        Chunk before = emptied;
        if (before == chunk) {
            return;
        }
        emptied = chunk;
        if (before != NONE && before.counts == 0) {
            chunks.remove(before.number);
            if (recent[place(before.number)] == before) {
                recent[place(before.number)] = NONE;
            }
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

    /** 512 entries, with the number of those that are not zero and, in steps of {@link #LIVE}, of those with a permission bit. */
    private static final class Chunk {
        final long number;
        final long[] tces;
        long counts;

        Chunk(long number, long[] tces) {
            this.number = number;
            this.tces = tces;
        }

        long get(int slot) {
            return this == NONE ? 0 : tces[slot];
        }

        void put(int slot, long tce) {
            long old = tces[slot];
            tces[slot] = tce;
            counts += weight(tce) - weight(old);
        }

        void fill(int first, int stop, long tce) {
            long before = 0;
            // an empty chunk need not be counted: most of a large range falls into new ones
            for (int i = first; i < stop && counts != 0; i++) {
                before += weight(tces[i]);
            }
            Arrays.fill(tces, first, stop, tce);
            counts += (stop - first) * weight(tce) - before;
        }

        /** What an entry counts for. */
        private static long weight(long tce) {
            return (tce == 0 ? 0 : 1) + ((tce | tce >>> 1) & 1) * LIVE;
        }
    }
}
