package io.dmalab.driver.mlx;

/**
 * A linked-list work queue (struct mlx5_wq_ll, wq.c): WQEs are pushed at the head and popped in whatever order they complete. One entry is
 * always reserved to keep the list linked, so that {@code size - 1} can be posted.
 */
final class LinkedRing {
    private final int[] next;
    private int head;
    private int tail;
    private int posted;

    /** @param logSize log2 of the number of entries */
    LinkedRing(int logSize) {
        next = new int[1 << logSize];
        for (int i = 0; i < next.length; i++) {
            next[i] = i + 1 & next.length - 1;
        }
        tail = next.length - 1;
    }

    /** Entries, the reserved one included. */
    int size() {
        return next.length;
    }

    int posted() {
        return posted;
    }

    /** Entries that could be posted. */
    int missing() {
        return next.length - 1 - posted;
    }

    /** The entry that is pushed next. */
    int head() {
        return head;
    }

    int next(int wqe) {
        return next[wqe];
    }

    /** The oldest posted entry. */
    int oldest() {
        return next[tail];
    }

    /** mlx5_wq_ll_push. */
    void push() {
        head = next[head];
        posted++;
    }

    /** mlx5_wq_ll_pop. */
    void pop(int wqe) {
        next[tail] = wqe;
        tail = wqe;
        posted--;
    }
}
