package io.dmalab.core.explore;

import io.dmalab.api.kernel.Choice;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/** Decides who goes on at a scheduling point: all nondeterminism of an exploring run passes here. One instance serves one execution. */
public interface Chooser {
    /** Ends the execution here: what could follow is known. */
    int STOP = -1;

    /** What a chooser wants to know of the machine's states. */
    enum Sight {
        /** Nothing. */
        NONE,
        /** Which they are. */
        PLAIN,
        /** Which they are, where one that comes of another by exchanging things that are alike is the same. */
        SYMMETRIC,
        /** What has led to them, but for the order of what is independent: in worlds that do not tell their states. */
        HISTORY
    }

    /** A context that can go on, and how: one for each move where it has a choice. */
    interface Candidate {
        /** Number of the context, as {@link Names} has it. */
        int context();

        /** It ran last, so choosing another is a preemption. */
        boolean ranLast();

        /** The place that its next step touches first, as {@link Names} has it; -1 if it has not begun or wakes up. */
        int nextPlace();

        /** How it touches that place. */
        AccessKind nextKind();

        /** What it would do of what it can choose from; null where it has no choice. */
        Choice.Move move();

        /** Equal for those that lead to the same state. Only where the chooser looks. */
        long signature();
    }

    /**
     * @param enabled what can be next, at least one, in order of the contexts' descent ({@link Names#compare}): what was seen before plays no
     *                part
     * @param depth   steps so far
     * @return index into {@code enabled}, or {@link #STOP}
     */
    int choose(List<? extends Candidate> enabled, int depth);

    /** What the chosen context did. */
    default void executed(Step step) {}

    /** One of the moves of the context that has the candidate at {@code index}, all equally likely: its others stand next to it. */
    static int anyMove(List<? extends Candidate> enabled, int index, SplittableRandom random) {
        int context = enabled.get(index).context();
        int first = index;
        while (first > 0 && enabled.get(first - 1).context() == context) {
            first--;
        }
        int end = index + 1;
        while (end < enabled.size() && enabled.get(end).context() == context) {
            end++;
        }
        return end - first == 1 ? index : first + random.nextInt(end - first);
    }

    /** What it wants to know of states; the same throughout. */
    default Sight sight() {
        return Sight.NONE;
    }

    /**
     * The state that the machine is in, before the next choice or when the execution ends.
     *
     * @param fingerprint of the state
     * @param harmed      the last step did what is looked for
     * @param images      how many states come of it by exchanging what is alike, itself included; 0 if too many to count. Not after the next step
     */
    default void state(long fingerprint, boolean harmed, LongSupplier images) {}

    /** The execution has ended with this context waiting for that place, which somebody has: its next step never came. */
    default void blocked(int context, int place) {}
}
