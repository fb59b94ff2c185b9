package io.dmalab.netstack;

import java.util.Arrays;

/**
 * struct skb_shared_info and the data it stands behind (include/linux/skbuff.h, v6.14): the pieces of a packet that lie in pages,
 * shared by its clones. A shared info is an int. Piece 0 is the linear part if the skb was built round a page; the others are
 * fragments. Left out: frag_list, header and payload references.
 */
final class SharedInfos {
    /** The linear part and MAX_SKB_FRAGS fragments. */
    static final int MAX_PIECES = SkBuffs.MAX_FRAGS + 1;

    /** Room for the first packets: a machine may see none. */
    private static final int ROOM = 16;
    private static final int PAGE_SHIFT = 34;
    private static final int OFFSET_SHIFT = 17;
    private static final int MASK = (1 << OFFSET_SHIFT) - 1;

    /** Clones that share it; 0 if the slot is free. */
    int[] dataRef = {};
    /** Pieces in use. */
    int[] pieces = {};
    /** 1 if piece 0 is a linear part, which does not count as a fragment. */
    byte[] head = {};
    /** The pieces are pool owners (skb->pp_recycle); else ordinary references. */
    boolean[] recycle = {};
    /** page (30 bits), offset (17), length (17). */
    private long[] piece = {};
    private int[] free = {};
    private int freeCount;
    private int used;

    int alloc(boolean poolPages) {
        int info = freeCount > 0 ? free[--freeCount] : fresh();
        dataRef[info] = 1;
        pieces[info] = 0;
        head[info] = 0;
        recycle[info] = poolPages;
        return info;
    }

    private int fresh() {
        if (used == dataRef.length) {
            int room = Math.max(ROOM, 2 * used);
            dataRef = Arrays.copyOf(dataRef, room);
            pieces = Arrays.copyOf(pieces, room);
            head = Arrays.copyOf(head, room);
            recycle = Arrays.copyOf(recycle, room);
            piece = Arrays.copyOf(piece, room * MAX_PIECES);
            free = Arrays.copyOf(free, room);
        }
        return used++;
    }

    void free(int info) {
        free[freeCount++] = info;
    }

    boolean isFull(int info) {
        return pieces[info] - head[info] == SkBuffs.MAX_FRAGS;
    }

    void add(int info, int page, int offset, int length) {
        piece[info * MAX_PIECES + pieces[info]++] = pack(page, offset, length);
    }

    /** Lengthens the last piece. */
    void grow(int info, int length) {
        piece[info * MAX_PIECES + pieces[info] - 1] += length;
    }

    int page(int info, int index) {
        return (int) (piece[info * MAX_PIECES + index] >>> PAGE_SHIFT);
    }

    int offset(int info, int index) {
        return (int) (piece[info * MAX_PIECES + index] >>> OFFSET_SHIFT) & MASK;
    }

    int length(int info, int index) {
        return (int) piece[info * MAX_PIECES + index] & MASK;
    }

    /** Appends the pieces of {@code from} to {@code to}, which has room for them. */
    void move(int from, int to) {
        System.arraycopy(piece, from * MAX_PIECES, piece, to * MAX_PIECES + pieces[to], pieces[from]);
        pieces[to] += pieces[from];
        pieces[from] = 0;
    }

    private static long pack(int page, int offset, int length) {
        return (long) page << PAGE_SHIFT | (long) offset << OFFSET_SHIFT | length;
    }
}
