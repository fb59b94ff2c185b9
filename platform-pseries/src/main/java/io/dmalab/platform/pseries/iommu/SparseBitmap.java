package io.dmalab.platform.pseries.iommu;

/**
 * A bitmap with the searches of lib/bitmap.c and lib/find_bit.c (v6.12), whose memory follows what is set: chunks of words come with their
 * first bit and go with their last, so that a bitmap of 2^30 bits costs what its set bits cost. Nothing here is watched memory; the owner
 * checks accesses.
 */
final class SparseBitmap {
    private static final int CHUNK_SHIFT_MIN = 15;
    /** Above this many chunks they become larger instead. */
    private static final int CHUNKS_SHIFT_MAX = 16;
    /** One full word in a chunk's counts. */
    private static final long FULL = 1L << 32;

    private final int chunkShift;
    private final int wordMask;
    /**
     * Words of a chunk, and behind them two counts: of words with a bit set, and in the upper half ({@link #FULL}) of words with all. They
     * change only when a word leaves or reaches one of these ends, which is cheaper than to count bits. Null where no bit is.
     */
    private final long[][] chunks;
    /**
     * A chunk that lost its last bit stays until another one does: mapping one page again and again would else make and drop it each time.
     */
    private int emptied = -1;

    /** @param size number of bits, 1 to 2^40 */
    SparseBitmap(long size) {
        int order = Order.base2(size);
        this.chunkShift = Math.max(Math.clamp(order, 6, CHUNK_SHIFT_MIN), order - CHUNKS_SHIFT_MAX);
        this.wordMask = (1 << chunkShift - 6) - 1;
        this.chunks = new long[Math.toIntExact((size - 1 >>> chunkShift) + 1)][];
    }

    /** bitmap_weight(): number of bits set, counted word by word up to the last that has one. */
    long weight() {
        long weight = 0;
        for (long[] chunk : chunks) {
            int left = chunk == null ? 0 : (int) chunk[wordMask + 1];
            for (int word = 0; left > 0; word++) {
                weight += Long.bitCount(chunk[word]);
                left -= chunk[word] == 0 ? 0 : 1;
            }
        }
        return weight;
    }

    /** Chunks that take memory: those with a bit set, and at most one more. */
    int chunksInUse() {
        int used = 0;
        for (long[] chunk : chunks) {
            used += chunk == null ? 0 : 1;
        }
        return used;
    }

    boolean get(long bit) {
        long[] chunk = chunks[chunkOf(bit)];
        return chunk != null && (chunk[wordOf(bit)] >>> bit & 1) != 0;
    }

    /** __clear_bit(). */
    void clear(long bit) {
        clearWord(chunkOf(bit), wordOf(bit), 1L << bit);
    }

    /** bitmap_set(). */
    void set(long start, long count) {
        long end = start + count;
        for (long bit = start; bit < end; bit = (bit | 63) + 1) {
            setWord(chunkOf(bit), wordOf(bit), maskFrom(bit) & maskBelow(bit, end));
        }
    }

    /**
     * Sets the first clear bit in [from, limit), which lies within one word, and returns it; {@code limit} if there is none, or no memory
     * for it yet.
     */
    long acquire(long from, long limit) {
        long[] chunk = chunks[chunkOf(from)];
        if (chunk == null) {
            return limit;
        }
        int word = wordOf(from);
        long old = chunk[word];
        long clear = ~old & maskFrom(from);
        long bit = (from & -64) + Long.numberOfTrailingZeros(clear);
        if (bit >= limit) {
            return limit;
        }
        long now = old | clear & -clear;
        chunk[word] = now;
        if (old == 0 || now == -1) {
            // one bit leads to one of the ends, never to both
            chunk[wordMask + 1] += old == 0 ? 1 : FULL;
        }
        return bit;
    }

    /** bitmap_clear(); bits that are clear already stay so. */
    void clear(long start, long count) {
        long end = start + count;
        for (long bit = start; bit < end; bit = (bit | 63) + 1) {
            int index = chunkOf(bit);
            if (chunks[index] == null) {
                bit = ((long) index + 1 << chunkShift) - 1;
                continue;
            }
            clearWord(index, wordOf(bit), maskFrom(bit) & maskBelow(bit, end));
        }
    }

    /** find_next_bit(): the first set bit in [from, limit), or {@code limit}. */
    long nextSet(long from, long limit) {
        return from < limit && get(from) ? from : next(from, limit, 0);
    }

    /** find_next_zero_bit(): the first clear bit in [from, limit), or {@code limit}. */
    long nextZero(long from, long limit) {
        return from < limit && !get(from) ? from : next(from, limit, -1L);
    }

    /** @param invert all ones to look for clear bits; chunks that cannot have what is looked for are passed over as a whole */
    private long next(long from, long limit, long invert) {
        long hopeless = invert == 0 ? 0 : (FULL + 1) * (wordMask + 1);
        long bit = from;
        while (bit < limit) {
            int index = chunkOf(bit);
            long end = (long) index + 1 << chunkShift;
            long[] chunk = chunks[index];
            if (chunk == null ? invert == 0 : chunk[wordMask + 1] == hopeless) {
                bit = end;
                continue;
            }
            if (chunk == null) {
                return bit;
            }
            int word = wordOf(bit);
            long bits = (chunk[word] ^ invert) & maskFrom(bit);
            while (bits == 0 && word < wordMask) {
                bits = chunk[++word] ^ invert;
            }
            if (bits != 0) {
                return Math.min(limit, ((long) index << chunkShift) + ((long) word << 6) + Long.numberOfTrailingZeros(bits));
            }
            bit = end;
        }
        return limit;
    }

    private void setWord(int index, int word, long bits) {
        long[] chunk = chunks[index];
        if (chunk == null) {
            chunk = new long[wordMask + 2];
            chunks[index] = chunk;
        }
        long old = chunk[word];
        long now = old | bits;
        chunk[word] = now;
        if (old == 0 || now == -1) {
            count(chunk, old, now);
        }
    }

    private void clearWord(int index, int word, long bits) {
        long[] chunk = chunks[index];
        if (chunk == null) {
            return;
        }
        long old = chunk[word];
        long now = old & ~bits;
        chunk[word] = now;
        if (now == 0 || old == -1) {
            count(chunk, old, now);
            if (chunk[wordMask + 1] == 0 && emptied != index) {
                dropEmptied(index);
            }
        }
    }

    /** A word of the chunk has changed from {@code old} to {@code now}. */
    private void count(long[] chunk, long old, long now) {
        chunk[wordMask + 1] += ends(now) - ends(old);
    }

    private static long ends(long word) {
        return word == 0 ? 0 : word == -1 ? FULL + 1 : 1;
    }

    /** Lets go of the chunk that was emptied before, unless it has filled again. */
    private void dropEmptied(int index) {
        if (emptied >= 0 && chunks[emptied] != null && chunks[emptied][wordMask + 1] == 0) {
            chunks[emptied] = null;
        }
        emptied = index;
    }

    private int chunkOf(long bit) {
        return (int) (bit >>> chunkShift);
    }

    private int wordOf(long bit) {
        return (int) (bit >>> 6) & wordMask;
    }

    private static long maskFrom(long bit) {
        return -1L << bit;
    }

    /** Bits below {@code end} in the word of {@code bit}, which lies below {@code end}. */
    private static long maskBelow(long bit, long end) {
        return end - (bit & -64) >= 64 ? -1L : (1L << end) - 1;
    }
}
