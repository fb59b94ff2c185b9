package io.dmalab.core.explore;

import java.util.SplittableRandom;

/** At each point any of the contexts that can go on, all equally likely. */
public final class RandomWalk extends Sampling {
    public RandomWalk(long seed) {
        super(seed);
    }

    @Override
    Chooser chooser(SplittableRandom random, Shape known) {
        return (enabled, depth) -> random.nextInt(enabled.size());
    }

    @Override
    public String guarantee() {
        return "none: long executions are rarely preempted where it matters";
    }
}
