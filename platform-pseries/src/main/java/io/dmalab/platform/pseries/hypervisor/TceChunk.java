package io.dmalab.platform.pseries.hypervisor;

/** A stretch of a {@link TceTable} that holds something. */
final class TceChunk {
    static final int SHIFT = 9;
    static final int ENTRIES = 1 << SHIFT;

    /** To be changed only after {@link #own}. */
    long[] tces;
    /** How many entries are not zero. */
    int used;
    private boolean common;

    TceChunk() {
        tces = new long[ENTRIES];
    }

    /** All entries the same and not zero, in an array that other chunks have, too. */
    TceChunk(long[] entries) {
        tces = entries;
        used = ENTRIES;
        common = true;
    }

    /** Before an entry is changed. */
    void own() {
        if (common) {
            tces = tces.clone();
            common = false;
        }
    }

    /** Entries with a permission bit set. */
    long live() {
        if (common) {
            return ENTRIES * TceTable.permitted(tces[0]);
        }
        long live = 0;
        for (long tce : tces) {
            live += TceTable.permitted(tce);
        }
        return live;
    }
}
