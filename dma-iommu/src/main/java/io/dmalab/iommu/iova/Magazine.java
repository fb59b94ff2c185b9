package io.dmalab.iommu.iova;

/** struct iova_magazine (drivers/iommu/iova.c, v6.14): a stack of freed ranges of one size. */
final class Magazine {
    /** IOVA_MAG_SIZE. */
    static final int SIZE = 127;

    private final long[] entries = new long[SIZE];
    private int size;

    /** Which of the ranges a request can take. */
    @FunctionalInterface
    interface Fits {
        boolean test(long entry);
    }

    boolean full() {
        return size == SIZE;
    }

    boolean empty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    void push(long entry) {
        entries[size++] = entry;
    }

    /** iova_magazine_pop(): the youngest one that fits; the last one takes its place. Negative if none does. */
    long pop(Fits fits) {
        for (int i = size - 1; i >= 0; i--) {
            long entry = entries[i];
            if (fits.test(entry)) {
                entries[i] = entries[--size];
                return entry;
            }
        }
        return -1;
    }

    long pop() {
        return entries[--size];
    }
}
