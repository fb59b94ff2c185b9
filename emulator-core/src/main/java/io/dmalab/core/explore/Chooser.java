package io.dmalab.core.explore;

import java.util.List;

/** Decides who goes on at a scheduling point: all nondeterminism of an exploring run passes here. One instance serves one execution. */
public interface Chooser {
    /** Ends the execution here: what could follow is known. */
    int STOP = -1;

    /** A context that can go on. */
    interface Candidate {
        /** Number of the context, as {@link Names} has it. */
        int context();

        /** It ran last, so choosing another is a preemption. */
        boolean ranLast();

        /** The place that its next step touches first, as {@link Names} has it; -1 if it has not begun or wakes up. */
        int nextPlace();

        /** How it touches that place. */
        AccessKind nextKind();
    }

    /**
     * @param enabled contexts that can go on, at least one, in order of descent ({@link Names#compare}): what was seen before plays no part
     * @param depth   steps so far
     * @return index into {@code enabled}, or {@link #STOP}
     */
    int choose(List<? extends Candidate> enabled, int depth);

    /** What the chosen context did. */
    default void executed(Step step) {}

    /** The execution has ended with this context waiting for that place, which somebody has: its next step never came. */
    default void blocked(int context, int place) {}
}
