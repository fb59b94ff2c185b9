package io.dmalab.core.explore;

import java.util.Arrays;

/** Numbers states by their fingerprints: open addressing on primitive arrays, 16 to 24 bytes a state. */
final class StateTable {
    private long[] fingerprints = new long[64];
    /** A state's number plus one; 0 where there is none. */
    private int[] slots = new int[128];
    private int size;

    int size() {
        return size;
    }

    /** The number of the state with that fingerprint; -1 if it is new. */
    int find(long fingerprint) {
        int mask = slots.length - 1;
        int at = home(fingerprint) & mask;
        while (slots[at] != 0) {
            int state = slots[at] - 1;
            if (fingerprints[state] == fingerprint) {
                return state;
            }
            at = at + 1 & mask;
        }
        return -1;
    }

    /** Numbers a state that is new. */
    int add(long fingerprint) {
        if (size == fingerprints.length) {
            fingerprints = Arrays.copyOf(fingerprints, 2 * size);
            slots = new int[2 * slots.length];
            for (int state = 0; state < size; state++) {
                put(state);
            }
        }
        fingerprints[size] = fingerprint;
        put(size);
        return size++;
    }

    private void put(int state) {
        int mask = slots.length - 1;
        int at = home(fingerprints[state]) & mask;
        while (slots[at] != 0) {
            at = at + 1 & mask;
        }
        slots[at] = state + 1;
    }

    /** Fingerprints are mixed already. */
    private static int home(long fingerprint) {
        return (int) (fingerprint >>> 32);
    }
}
