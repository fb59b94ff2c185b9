package io.dmalab.core.explore;

import java.util.Arrays;

/** Numbers in the order in which they were added, taken away at either end. Those taken away in front stay to be looked at. */
final class IntQueue {
    private int[] items = new int[16];
    private int head;
    private int tail;

    boolean isEmpty() {
        return head == tail;
    }

    void clear() {
        head = 0;
        tail = 0;
    }

    void addLast(int item) {
        if (tail == items.length) {
            items = Arrays.copyOf(items, 2 * tail);
        }
        items[tail++] = item;
    }

    int removeFirst() {
        return items[head++];
    }

    int last() {
        return items[tail - 1];
    }

    void removeLast() {
        tail--;
    }

    /** How many were added since the last {@link #clear}, less those taken away at the end. */
    int added() {
        return tail;
    }

    /** @param index less than {@link #added} */
    int get(int index) {
        return items[index];
    }
}
