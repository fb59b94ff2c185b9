package io.dmalab.core.explore;

import java.util.Optional;
import java.util.SplittableRandom;

/** At each point any of the contexts that can go on, all equally likely. */
public final class RandomWalk implements Strategy {
    private final SplittableRandom random;

    public RandomWalk(long seed) {
        random = new SplittableRandom(seed);
    }

    @Override
    public Optional<Chooser> next() {
        return Optional.of((enabled, depth) -> random.nextInt(enabled.size()));
    }

    @Override
    public boolean exhaustive() {
        return false;
    }

    @Override
    public String guarantee() {
        return "none: long executions are rarely preempted where it matters";
    }
}
