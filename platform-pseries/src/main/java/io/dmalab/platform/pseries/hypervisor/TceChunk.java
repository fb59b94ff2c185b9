package io.dmalab.platform.pseries.hypervisor;

import java.util.Arrays;

/** 512 entries of a {@link TceTable}, with the number of those that are in use. */
final class TceChunk {
    static final int SHIFT = 9;
    static final int ENTRIES = 1 << SHIFT;
    /** Stands where no chunk is; no entry has its number. */
    static final TceChunk NONE = new TceChunk(-1, new long[0], 0, false);

    /** One entry with a permission bit, in {@link #counts}. */
    private static final int LIVE_SHIFT = 32;

    final long number;
    private long[] tces;
    /** Other chunks have the same array. */
    private boolean common;
    /** Entries that are not zero, and from bit 32 on those with a permission bit. */
    private long counts;

    private TceChunk(long number, long[] tces, long counts, boolean common) {
        this.number = number;
        this.tces = tces;
        this.counts = counts;
        this.common = common;
    }

    /** With entries that are all zero. */
    static TceChunk empty(long number) {
        return new TceChunk(number, new long[ENTRIES], 0, false);
    }

    /** With entries that are all the same and not zero, in an array that other chunks have, too. */
    static TceChunk common(long number, long[] entries) {
        return new TceChunk(number, entries, ENTRIES * weight(entries[0]), true);
    }

    /** Another chunk with the array of this one, which is empty and out of use. */
    TceChunk reused(long other) {
        return new TceChunk(other, tces, 0, false);
    }

    boolean isEmpty() {
        return counts == 0;
    }

    /** Entries with a permission bit set. */
    long live() {
        return counts >>> LIVE_SHIFT;
    }

    long get(int slot) {
        return this == NONE ? 0 : tces[slot];
    }

    void put(int slot, long tce) {
        if (common) {
            own();
        }
        long old = tces[slot];
        tces[slot] = tce;
        counts += weight(tce) - weight(old);
    }

    void fill(int first, int stop, long tce) {
        if (common) {
            own();
        }
        long before = 0;
        // an empty chunk need not be counted: most of a large range falls into new ones
        for (int i = first; i < stop && counts != 0; i++) {
            before += weight(tces[i]);
        }
        Arrays.fill(tces, first, stop, tce);
        counts += (stop - first) * weight(tce) - before;
    }

    private void own() {
        tces = tces.clone();
        common = false;
    }

    /** What an entry counts for. */
    private static long weight(long tce) {
        return (tce == 0 ? 0 : 1) + (((tce | tce >>> 1) & 1) << LIVE_SHIFT);
    }
}
