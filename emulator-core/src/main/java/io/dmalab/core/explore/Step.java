package io.dmalab.core.explore;

import io.dmalab.api.kernel.Choice;
import java.util.Arrays;
import java.util.function.IntPredicate;

/** What one context did between two scheduling points: what it touched, whom it made able to run. */
public final class Step {
    private static final AccessKind[] KINDS = AccessKind.values();
    private static final int[] NOBODY = {};

    private final int context;
    private final int cpu;
    private final String function;
    private final String action;
    private final Choice.Move move;
    private int findings;
    private int waitedFor = -1;
    private int[] accesses = new int[8];
    private int count;
    private int[] started = NOBODY;
    private int startedCount;

    /**
     * @param function kernel function that it is in, empty if nobody asked
     * @param action   what it is about to do, empty if nobody asked
     * @param move     what it has chosen, null where it had no choice
     */
    public Step(int context, int cpu, String function, String action, Choice.Move move) {
        this.context = context;
        this.cpu = cpu;
        this.function = function;
        this.action = action;
        this.move = move;
    }

    /** Number of the context, as {@link Names} has it. */
    public int context() {
        return context;
    }

    public int cpu() {
        return cpu;
    }

    /** Kernel function that the step begins in. */
    public String function() {
        return function;
    }

    /** What it begins with, e.g. {@code write it_map.words[0]}. */
    public String action() {
        return action;
    }

    /** What it has chosen; null where it had no choice. */
    public Choice.Move move() {
        return move;
    }

    /** Adds an access. The caller leaves out those that say nothing new. */
    public void touch(int place, AccessKind kind) {
        if (count == accesses.length) {
            accesses = Arrays.copyOf(accesses, 2 * count);
        }
        accesses[count++] = place << 3 | kind.ordinal();
    }

    /** A place that the step itself has taken is given back within it: nobody ever waits for it, so that it is a write. */
    public void gaveBack(int place) {
        int taken = place << 3 | AccessKind.ACQUIRE.ordinal();
        for (int i = count - 1; i >= 0; i--) {
            if (accesses[i] == taken) {
                accesses[i] = place << 3 | AccessKind.WRITE.ordinal();
                return;
            }
        }
    }

    /** The step did something forbidden that no step before it had done. */
    public void found() {
        findings++;
    }

    /** How many such things it did. */
    public int findings() {
        return findings;
    }

    /** The step could not begin before this place was given back. */
    public void waitedFor(int place) {
        waitedFor = place;
    }

    /** The place that the step had to wait for; -1 if it could have begun earlier. */
    int waitedFor() {
        return waitedFor;
    }

    /** The context can run because of this step. */
    public void starts(int other) {
        if (startedCount == started.length) {
            started = Arrays.copyOf(started, startedCount + 2);
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
        return context != other.context && !meets(other, place -> true);
    }

    /** Whether both touch one of these places, and not only to look. */
    boolean meets(Step other, IntPredicate places) {
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < other.count; j++) {
                if (accesses[i] >>> 3 == other.accesses[j] >>> 3 && kind(i).conflicts(other.kind(j)) && places.test(accesses[i] >>> 3)) {
                    return true;
                }
            }
        }
        return false;
    }
}
