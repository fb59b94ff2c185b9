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

    private final long liobn;
    private final long base;
    private final int pageShift;
    private final long entries;
    private final boolean defaultWindow;
    private Phb owner;

    private final LongTable<Chunk> chunks = new LongTable<>();
    private Chunk spare;
    private Chunk last;
    private long lastNumber = -1;
    private long live;

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
        return live;
    }

    /** The same within {@code count} entries from {@code index} on; the part beyond the table counts as empty. */
    public long liveEntries(long index, long count) {
        long found = 0;
        long end = Math.min(entries, index + count);
        for (long i = index; i < end; i++) {
            found += permitted(get(i));
        }
        return found;
    }

    /** Chunks of 512 entries that hold something; at most two empty ones are kept besides. */
    public int chunkCount() {
        return chunks.size() - (lastNumber >= 0 && last.used == 0 ? 1 : 0);
    }

    /** Entry number of a bus address, unsigned: {@link #contains} tells whether the table has it. */
    public long indexOf(long busAddress) {
        return busAddress - base >>> pageShift;
    }

    public boolean contains(long busAddress) {
        return Long.compareUnsigned(indexOf(busAddress), entries) < 0;
    }

    public long get(long index) {
        Chunk chunk = find(index >>> CHUNK_SHIFT);
        return chunk == null ? 0 : chunk.tces[slot(index)];
    }

    /** Stores one entry; the caller has checked that {@code index} is below {@link #entries}. */
    public void put(long index, long tce) {
        long number = index >>> CHUNK_SHIFT;
        Chunk chunk = find(number);
        if (chunk == null) {
            if (tce == 0) {
                return;
            }
            chunk = allocate(number);
        }
        int slot = slot(index);
        long old = chunk.tces[slot];
        chunk.tces[slot] = tce;
        live += permitted(tce) - permitted(old);
        chunk.used += used(tce) - used(old);
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
        if (chunk == null) {
            if (tce == 0) {
                return;
            }
            chunk = allocate(number);
        }
        int first = slot(from);
        int stop = first + (int) (to - from);
        int wasUsed = 0;
        long wasLive = 0;
        // an empty chunk need not be counted: most of a large range falls into new ones
        for (int i = first; i < stop && chunk.used > 0; i++) {
            long old = chunk.tces[i];
            wasUsed += used(old);
            wasLive += permitted(old);
        }
        Arrays.fill(chunk.tces, first, stop, tce);
        int count = stop - first;
        live += count * permitted(tce) - wasLive;
        chunk.used += count * used(tce) - wasUsed;
    }

    private Chunk find(long number) {
        if (number == lastNumber) {
            return last;
        }
        Chunk chunk = chunks.get(number);
        if (chunk != null) {
            makeLast(number, chunk);
        }
        return chunk;
    }

    private Chunk allocate(long number) {
        Chunk chunk = spare != null ? spare : new Chunk();
        spare = null;
        makeLast(number, chunk);
        chunks.put(number, chunk);
        return chunk;
    }

    /**
     * An emptied chunk goes only when another one is used: mapping and unmapping one page again and again would else
     * allocate each time.
     */
    private void makeLast(long number, Chunk chunk) {
        if (lastNumber >= 0 && last.used == 0) {
            chunks.remove(lastNumber);
            spare = last;
        }
        last = chunk;
        lastNumber = number;
    }

    private static int slot(long index) {
        return (int) index & CHUNK_ENTRIES - 1;
    }

    private static int used(long tce) {
        return tce == 0 ? 0 : 1;
    }

    private static long permitted(long tce) {
        return (tce | tce >>> 1) & 1;
    }

    /** 512 entries; {@code used} counts those that are not zero. */
    private static final class Chunk {
        final long[] tces = new long[CHUNK_ENTRIES];
        int used;
    }
}
