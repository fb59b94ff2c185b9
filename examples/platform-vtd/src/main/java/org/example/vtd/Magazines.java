package org.example.vtd;

import io.dmalab.api.dma.DmaAllocator;
import java.util.ArrayDeque;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;

// tag::magazines
/**
 * struct iova_rcache for ranges of one size (drivers/iommu/iova.c, v6.14): two magazines for each CPU, and a depot of full ones that they
 * share. The caller holds the lock.
 */
final class Magazines {
    /** IOVA_MAG_SIZE. */
    private static final int SIZE = 127;

    private final Magazine[] loaded;
    private final Magazine[] previous;
    private final ArrayDeque<Magazine> depot = new ArrayDeque<>();

    /** struct iova_magazine: a stack. */
    private static final class Magazine {
        private final long[] entries = new long[SIZE];
        private int size;

        /** The youngest that is wanted; the last one takes its place. */
        long take(LongPredicate wanted) {
            for (int i = size - 1; i >= 0; i--) {
                long entry = entries[i];
                if (wanted.test(entry)) {
                    entries[i] = entries[--size];
                    return entry;
                }
            }
            return DmaAllocator.NONE;
        }

        void drain(LongConsumer to) {
            while (size > 0) {
                to.accept(entries[--size]);
            }
        }
    }

    Magazines(int cpus) {
        loaded = new Magazine[cpus];
        previous = new Magazine[cpus];
        for (int cpu = 0; cpu < cpus; cpu++) {
            loaded[cpu] = new Magazine();
            previous[cpu] = new Magazine();
        }
    }

    /** __iova_rcache_insert(). */
    void put(int cpu, long entry) {
        if (loaded[cpu].size == SIZE) {
            if (previous[cpu].size == SIZE) {
                depot.push(loaded[cpu]);
                loaded[cpu] = new Magazine();
            } else {
                swap(cpu);
            }
        }
        Magazine magazine = loaded[cpu];
        magazine.entries[magazine.size++] = entry;
    }

    /** __iova_rcache_get(). */
    long get(int cpu, LongPredicate wanted) {
        if (loaded[cpu].size == 0) {
            if (previous[cpu].size > 0) {
                swap(cpu);
            } else if (!depot.isEmpty()) {
                loaded[cpu] = depot.pop();
            }
        }
        return loaded[cpu].take(wanted);
    }

    /** Everything goes back to the tree. */
    void drain(LongConsumer to) {
        for (int cpu = 0; cpu < loaded.length; cpu++) {
            loaded[cpu].drain(to);
            previous[cpu].drain(to);
        }
        while (!depot.isEmpty()) {
            depot.pop().drain(to);
        }
    }

    private void swap(int cpu) {
        Magazine other = previous[cpu];
        previous[cpu] = loaded[cpu];
        loaded[cpu] = other;
    }
}
// end::magazines
