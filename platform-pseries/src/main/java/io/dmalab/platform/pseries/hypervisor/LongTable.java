package io.dmalab.platform.pseries.hypervisor;

import java.util.Arrays;
import java.util.function.ToLongFunction;

/**
 * Map from long to object for the hypercall path: open addressing with linear probing, no boxing, grows and shrinks with
 * what it holds. It offers no iteration but a sorted copy of the keys and sums, so that no hash order can reach a result.
 */
final class LongTable<V> {
    private static final int CAPACITY_MIN = 16;
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private long[] keys = new long[CAPACITY_MIN];
    private Object[] values = new Object[CAPACITY_MIN];
    private int shift = Long.SIZE - 4;
    private int size;

    int size() {
        return size;
    }

    @SuppressWarnings("unchecked")
    V get(long key) {
        int mask = keys.length - 1;
        for (int i = home(key); ; i = i + 1 & mask) {
            Object value = values[i];
            if (value == null || keys[i] == key) {
                return (V) value;
            }
        }
    }

    void put(long key, V value) {
        if (2 * (size + 1) > keys.length) {
            resize(2 * keys.length);
        }
        int i = slotOf(key);
        if (values[i] == null) {
            size++;
        }
        keys[i] = key;
        values[i] = value;
    }

    void remove(long key) {
        int mask = keys.length - 1;
        int hole = slotOf(key);
        if (values[hole] == null) {
            return;
        }
        values[hole] = null;
        size--;
        // Backward shift: an entry may move into the hole unless its home lies behind the hole.
        for (int i = hole + 1 & mask; values[i] != null; i = i + 1 & mask) {
            if ((i - home(keys[i]) & mask) >= (i - hole & mask)) {
                keys[hole] = keys[i];
                values[hole] = values[i];
                values[i] = null;
                hole = i;
            }
        }
        if (keys.length > CAPACITY_MIN && 16 * size < keys.length) {
            resize(keys.length / 4);
        }
    }

    long[] sortedKeys() {
        long[] sorted = new long[size];
        int n = 0;
        for (int i = 0; i < keys.length; i++) {
            if (values[i] != null) {
                sorted[n++] = keys[i];
            }
        }
        Arrays.sort(sorted);
        return sorted;
    }

    /** The sum over all values. */
    @SuppressWarnings("unchecked")
    long sum(ToLongFunction<V> amount) {
        long sum = 0;
        for (Object value : values) {
            sum += value == null ? 0 : amount.applyAsLong((V) value);
        }
        return sum;
    }

    private int slotOf(long key) {
        int mask = keys.length - 1;
        int i = home(key);
        while (values[i] != null && keys[i] != key) {
            i = i + 1 & mask;
        }
        return i;
    }

    private int home(long key) {
        return (int) (key * GOLDEN >>> shift);
    }

    private void resize(int requested) {
        int capacity = Math.max(CAPACITY_MIN, requested);
        long[] oldKeys = keys;
        Object[] oldValues = values;
        keys = new long[capacity];
        values = new Object[capacity];
        shift = Long.numberOfLeadingZeros(capacity) + 1;
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldValues[i] != null) {
                int slot = slotOf(oldKeys[i]);
                keys[slot] = oldKeys[i];
                values[slot] = oldValues[i];
            }
        }
    }
}
