package io.dmalab.core.explore;

import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * A strategy whose executions know nothing of each other: what the n-th does is a function of the seed, of n and of a {@link Shape}, so that
 * any number of them can be run at the same time and come to the same.
 */
public abstract class Sampling implements Strategy {
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    /**
     * How long executions get.
     *
     * @param steps    of the longest one
     * @param contexts that took part in one, at most
     */
    public record Shape(int steps, int contexts) {
        /** Nothing has been seen yet. */
        public static final Shape UNKNOWN = new Shape(1, 1);

        /** What both have in common with the largest. */
        public Shape and(Shape other) {
            return new Shape(Math.max(steps, other.steps), Math.max(contexts, other.contexts));
        }
    }

    private final long seed;
    private Shape shape = Shape.UNKNOWN;
    private long started;

    Sampling(long seed) {
        this.seed = seed;
    }

    /** Who chooses in one execution. @param random its own */
    abstract Chooser chooser(SplittableRandom random, Shape known);

    /** Who chooses in the execution of that number, from 0 on. Any thread. */
    public final Chooser execution(long number, Shape known) {
        long own = (seed + GOLDEN) * 0xbf58476d1ce4e5b9L + number * GOLDEN;
        return chooser(new SplittableRandom(own ^ own >>> 31), known);
    }

    /** What is known so far; those that choose from now on may make use of it. */
    public final Shape shape() {
        return shape;
    }

    /** An execution had this shape. */
    public final void seen(Shape one) {
        shape = shape.and(one);
    }

    /** One after the other, each with what those before have shown. */
    @Override
    public final Optional<Chooser> next() {
        return Optional.of(new Watched(execution(started++, shape)));
    }

    @Override
    public final boolean exhaustive() {
        return false;
    }

    /** Notes the shape of its execution. */
    private final class Watched implements Chooser {
        private final Chooser chooser;
        private final BitSet contexts = new BitSet();
        private int steps;

        Watched(Chooser chooser) {
            this.chooser = chooser;
        }

        @Override
        public int choose(List<? extends Candidate> enabled, int depth) {
            return chooser.choose(enabled, depth);
        }

        @Override
        public void executed(Step step) {
            contexts.set(step.context());
            seen(new Shape(++steps, contexts.cardinality()));
            chooser.executed(step);
        }
    }
}
