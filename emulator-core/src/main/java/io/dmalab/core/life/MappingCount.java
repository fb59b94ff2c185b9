package io.dmalab.core.life;

import java.util.Arrays;

/** How many mappings are live, as a function of virtual time. */
public final class MappingCount {
    private long[] times = new long[1024];
    private int[] counts = new int[1024];
    private int changes;
    private int live;

    /** Contexts run ahead of each other by the CPU time they have spent: a change is never noted before the one it follows. */
    void change(long time, int by) {
        live += by;
        long ordered = changes == 0 ? time : Math.max(time, times[changes - 1]);
        if (changes > 0 && times[changes - 1] == ordered) {
            counts[changes - 1] = live;
            return;
        }
        if (changes == times.length) {
            times = Arrays.copyOf(times, 2 * changes);
            counts = Arrays.copyOf(counts, 2 * changes);
        }
        times[changes] = ordered;
        counts[changes++] = live;
    }

    /** Live mappings after everything that happened up to that virtual time. */
    public int at(long timeNanos) {
        int index = Arrays.binarySearch(times, 0, changes, timeNanos);
        int before = index >= 0 ? index : -index - 2;
        return before < 0 ? 0 : counts[before];
    }

    /** Virtual time of the last change; 0 if there was none. */
    public long lastChange() {
        return changes == 0 ? 0 : times[changes - 1];
    }

    /** The most that were live at once between two virtual times, both included. */
    public int most(long fromNanos, long toNanos) {
        int most = at(fromNanos);
        for (int i = 0; i < changes && times[i] <= toNanos; i++) {
            most = times[i] >= fromNanos ? Math.max(most, counts[i]) : most;
        }
        return most;
    }
}
