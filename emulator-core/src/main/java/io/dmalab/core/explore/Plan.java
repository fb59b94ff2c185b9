package io.dmalab.core.explore;

import java.time.Duration;
import java.util.Locale;

/**
 * How an exploration goes about it.
 *
 * @param strategy   which executions it looks at
 * @param bound      of the strategy: preemptions for {@code preemptions}, ordering constraints for {@code pct}
 * @param executions the most executions, at least 1
 * @param time       the longest it may take; looked at between executions
 * @param steps      the most steps of an execution
 * @param findAll    goes on after the first violation and collects those that differ
 * @param seed       of the strategies that draw
 * @param symmetry   strategies that match states do not tell apart what can be exchanged
 * @param shorten    executions that {@code exhaustive} makes after the first violation to find a shorter schedule to it, at least 0
 */
public record Plan(Kind strategy, int bound, long executions, Duration time, int steps, boolean findAll, long seed, boolean symmetry,
        int shorten) {
    /** Executions after the first violation unless something else is said. */
    public static final int SHORTEN = 100;

    /** The strategies. */
    public enum Kind {
        /** Stateful where the world offers its states, exhaustive elsewhere. */
        AUTO,
        /** Every class of interleavings, by dynamic partial-order reduction. */
        EXHAUSTIVE,
        /** Every interleaving with up to a number of preemptions. */
        PREEMPTIONS,
        /** Probabilistic concurrency testing. */
        PCT,
        /** Partial order sampling. */
        POS,
        /** Uniform choices. */
        RANDOM,
        /** Every state. */
        STATEFUL,
        /** Every state, until a violation is known that no shorter schedule leads to. */
        SHORTEST;

        /** As a command line has it. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Whether it tells states that it has seen. */
        public boolean matchesStates() {
            return this == STATEFUL || this == SHORTEST;
        }
    }

    /** Exhaustive, until a violation is found; ten minutes and 10 000 steps an execution at most. */
    public static final Plan DEFAULT = new Plan(Kind.EXHAUSTIVE, 2, Long.MAX_VALUE, Duration.ofMinutes(10), 10_000, false, 1, true);

    public Plan {
        if (bound < 0 || executions < 1 || steps < 1) {
            throw new IllegalArgumentException("bound must be at least 0, executions and steps at least 1");
        }
        if (shorten < 0) {
            throw new IllegalArgumentException("shorten must be at least 0");
        }
    }

    /** With the usual effort to shorten what is found. */
    public Plan(Kind strategy, int bound, long executions, Duration time, int steps, boolean findAll, long seed, boolean symmetry) {
        this(strategy, bound, executions, time, steps, findAll, seed, symmetry, SHORTEN);
    }

    /** Without telling apart what can be exchanged. */
    public Plan(Kind strategy, int bound, long executions, Duration time, int steps, boolean findAll, long seed) {
        this(strategy, bound, executions, time, steps, findAll, seed, true);
    }

    /** Another strategy. @param newBound of that strategy, at least 0 */
    public Plan with(Kind kind, int newBound) {
        return new Plan(kind, newBound, executions, time, steps, findAll, seed, symmetry, shorten);
    }

    /** At most so many executions, and so much time. @param most at least 1 */
    public Plan upTo(long most, Duration longest) {
        return new Plan(strategy, bound, most, longest, steps, findAll, seed, symmetry, shorten);
    }

    /** Goes on after the first violation. */
    public Plan findingAll() {
        return new Plan(strategy, bound, executions, time, steps, true, seed, symmetry, shorten);
    }

    /** With so many executions after the first violation. @param most at least 0 */
    public Plan shortening(int most) {
        return new Plan(strategy, bound, executions, time, steps, findAll, seed, symmetry, most);
    }

    /** With the strategy that fits the world, if none was asked for. @param states the world offers its states */
    public Plan fitting(boolean states) {
        return strategy != Kind.AUTO ? this : with(states ? Kind.STATEFUL : Kind.EXHAUSTIVE, bound);
    }

    /**
     * A fresh instance of the strategy.
     *
     * @param names  of the exploration
     * @param states the world offers its states
     */
    public Strategy make(Names names, boolean states) {
        return switch (strategy) {
            case AUTO, EXHAUSTIVE -> new Dpor(names);
            case PREEMPTIONS -> new PreemptionBound(bound);
            case PCT -> new Pct(seed, Math.max(1, bound));
            case POS -> new PartialOrderSampling(seed);
            case RANDOM -> new RandomWalk(seed);
            case STATEFUL -> new StateSearch(false, sight(states), steps);
            case SHORTEST -> new StateSearch(true, sight(states), steps);
        };
    }

    private Chooser.Sight sight(boolean states) {
        return !states ? Chooser.Sight.HISTORY : symmetry ? Chooser.Sight.SYMMETRIC : Chooser.Sight.PLAIN;
    }
}
