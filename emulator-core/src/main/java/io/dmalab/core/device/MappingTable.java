package io.dmalab.core.device;

import java.util.function.IntConsumer;

/**
 * The live mappings of one device: a hash table with open addressing over a {@code long[]}, keyed by DMA address. An address may
 * be there more than once, since a device that is mapped directly gives one page the same address each time. Slots move when
 * another entry is removed.
 */
final class MappingTable {
    /** Bits of {@link #meta}. */
    static final int COHERENT = 1 << 3;
    static final int DIRECT = 1 << 4;

    private static final int USED = 1;
    private static final int DIRECTION_SHIFT = 1;
    private static final int BYTES_SHIFT = 8;
    private static final int WORDS = 4;
    private static final int META = 1;
    private static final int SINCE = 2;
    private static final int WHERE = 3;
    private static final int FIRST_LOG = 6;

    /** Pages whose unmap a policy has dropped: gone from here, but not from the backend. */
    long dropped;

    private long[] words = new long[WORDS << FIRST_LOG];
    private int shift = 64 - FIRST_LOG;
    private int mask = (1 << FIRST_LOG) - 1;
    private int size;
    private int coherent;
    /** Stacks of those who mapped, by slot; null unless asked for. */
    private Object[] stacks;

    /** What a mapping is, in one word: equal words describe equal mappings. @param kind sum of {@link #COHERENT} and {@link #DIRECT} */
    static long meta(long bytes, int direction, int kind) {
        return bytes << BYTES_SHIFT | kind | direction << DIRECTION_SHIFT | USED;
    }

    static long bytes(long meta) {
        return meta >>> BYTES_SHIFT;
    }

    static int direction(long meta) {
        return (int) meta >> DIRECTION_SHIFT & 3;
    }

    int size() {
        return size;
    }

    int coherent() {
        return coherent;
    }

    /** Adds an entry; its slot, or the complement of its slot if the address was there already. */
    int insert(long address, long meta, long since, int page, int mapper) {
        if (2 * size >= mask) {
            grow();
        }
        boolean known = false;
        int slot = home(address);
        while (words[slot * WORDS + META] != 0) {
            known |= words[slot * WORDS] == address;
            slot = slot + 1 & mask;
        }
        int at = slot * WORDS;
        words[at] = address;
        words[at + META] = meta;
        words[at + SINCE] = since;
        words[at + WHERE] = (long) page << 32 | mapper & 0xffff_ffffL;
        size++;
        coherent += (meta & COHERENT) == 0 ? 0 : 1;
        return known ? ~slot : slot;
    }

    /** The slot of the entry at {@code address} that is exactly {@code meta}; else of the only one at that address; else -1. */
    int find(long address, long meta) {
        int slot = home(address);
        int candidate = -1;
        int candidates = 0;
        for (long there = words[slot * WORDS + META]; there != 0; there = words[slot * WORDS + META]) {
            if (words[slot * WORDS] == address) {
                if (there == meta) {
                    return slot;
                }
                candidate = slot;
                candidates++;
            }
            slot = slot + 1 & mask;
        }
        return candidates == 1 ? candidate : -1;
    }

    void remove(int slot) {
        size--;
        coherent -= (meta(slot) & COHERENT) == 0 ? 0 : 1;
        int hole = slot;
        for (int next = hole + 1 & mask; words[next * WORDS + META] != 0; next = next + 1 & mask) {
            int home = home(words[next * WORDS]);
            if ((next - home & mask) >= (next - hole & mask)) {
                move(next, hole);
                hole = next;
            }
        }
        words[hole * WORDS + META] = 0;
        if (stacks != null) {
            stacks[hole] = null;
        }
    }

    long address(int slot) {
        return words[slot * WORDS];
    }

    long meta(int slot) {
        return words[slot * WORDS + META];
    }

    /** Virtual nanoseconds at which it was mapped. */
    long since(int slot) {
        return words[slot * WORDS + SINCE];
    }

    /** First page. */
    int page(int slot) {
        return (int) (words[slot * WORDS + WHERE] >> 32);
    }

    int mapper(int slot) {
        return (int) words[slot * WORDS + WHERE];
    }

    Object stack(int slot) {
        return stacks == null ? null : stacks[slot];
    }

    void stack(int slot, Object stack) {
        if (stacks == null) {
            stacks = new Object[mask + 1];
        }
        stacks[slot] = stack;
    }

    /** In no particular order, but the same on every machine. */
    void forEachSlot(IntConsumer visitor) {
        for (int slot = 0; slot <= mask; slot++) {
            if (words[slot * WORDS + META] != 0) {
                visitor.accept(slot);
            }
        }
    }

    private int home(long address) {
        return (int) (address * 0x9e3779b97f4a7c15L >>> shift);
    }

    private void move(int from, int to) {
        System.arraycopy(words, from * WORDS, words, to * WORDS, WORDS);
        if (stacks != null) {
            stacks[to] = stacks[from];
        }
    }

    private void grow() {
        long[] oldWords = words;
        Object[] oldStacks = stacks;
        int slots = 2 * (mask + 1);
        words = new long[Math.multiplyExact(slots, WORDS)];
        stacks = oldStacks == null ? null : new Object[slots];
        mask = slots - 1;
        shift--;
        for (int old = 0; old < oldWords.length; old += WORDS) {
            if (oldWords[old + META] == 0) {
                continue;
            }
            int slot = home(oldWords[old]);
            while (words[slot * WORDS + META] != 0) {
                slot = slot + 1 & mask;
            }
            System.arraycopy(oldWords, old, words, slot * WORDS, WORDS);
            if (oldStacks != null) {
                stacks[slot] = oldStacks[old / WORDS];
            }
        }
    }
}
