package io.dmalab.core.explore;

import java.util.Arrays;

/** What one context did between two scheduling points: what it touched, whom it made able to run. */
public final class Step {
    private static final AccessKind[] KINDS = AccessKind.values();

    private final int context;
    private final int cpu;
    private final String text;
    private int[] accesses = new int[8];
    private int count;
    private int[] started = new int[2];
    private int startedCount;

    /** @param text what it is about to do, for people */
    public Step(int context, int cpu, String text) {
        this.context = context;
        this.cpu = cpu;
        this.text = text;
    }

    /** Number of the context, as {@link Names} has it. */
    public int context() {
        return context;
    }

    public int cpu() {
        return cpu;
    }

    public String text() {
        return text;
    }

    /** Adds an access; one that says nothing new is dropped. */
    public void touch(int place, AccessKind kind) {
        int word = place << 3 | kind.ordinal();
        int taken = place << 3 | AccessKind.ACQUIRE.ordinal();
        for (int i = count - 1; i >= 0; i--) {
            if (accesses[i] == word) {
                return;
            }
            if (kind == AccessKind.RELEASE && accesses[i] == taken) {
                // taken and given back within the step: nobody ever waits for it
                accesses[i] = place << 3 | AccessKind.WRITE.ordinal();
                return;
            }
        }
        if (count == accesses.length) {
            accesses = Arrays.copyOf(accesses, 2 * count);
        }
        accesses[count++] = word;
    }

    /** The context can run because of this step. */
    public void starts(int other) {
        if (startedCount == started.length) {
            started = Arrays.copyOf(started, 2 * startedCount);
        }
        started[startedCount++] = other;
    }

    public int accesses() {
        return count;
    }

    public int place(int access) {
        return accesses[access] >>> 3;
    }

    public AccessKind kind(int access) {
        return KINDS[accesses[access] & 7];
    }

    public int started() {
        return startedCount;
    }

    public int startedContext(int number) {
        return started[number];
    }

    /** Whether the two can be exchanged where they stand next to each other. */
    public boolean independent(Step other) {
        if (context == other.context) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < other.count; j++) {
                if (accesses[i] >>> 3 == other.accesses[j] >>> 3 && kind(i).conflicts(other.kind(j))) {
                    return false;
                }
            }
        }
        return true;
    }
}
