package io.dmalab.netstack.holders;

/** A queue of ints in a ring that grows: no object and no allocation per packet. */
final class IntRing {
    private int[] ring = new int[16];
    private int first;
    private int size;

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    void add(int value) {
        if (size == ring.length) {
            grow();
        }
        ring[first + size++ & ring.length - 1] = value;
    }

    /** The element that was added first. */
    int remove() {
        int value = ring[first];
        first = first + 1 & ring.length - 1;
        size--;
        return value;
    }

    /** The element that was added last. */
    int removeLast() {
        return ring[first + --size & ring.length - 1];
    }

    /** Element {@code index} from the front. */
    int get(int index) {
        return ring[first + index & ring.length - 1];
    }

    private void grow() {
        int[] wider = new int[2 * ring.length];
        for (int i = 0; i < size; i++) {
            wider[i] = ring[first + i & ring.length - 1];
        }
        ring = wider;
        first = 0;
    }
}
