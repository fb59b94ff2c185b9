package io.dmalab.core.explore;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Partial order sampling (Yuan, Yang, Gu, CAV 2018): each pending step has a random priority, the highest goes on, and those it races
 * with draw anew, so that every order of conflicting steps has a chance of its own.
 */
public final class PartialOrderSampling extends Sampling {
    public PartialOrderSampling(long seed) {
        super(seed);
    }

    @Override
    Chooser chooser(SplittableRandom random, Shape known) {
        return new Run(random);
    }

    @Override
    public String guarantee() {
        return "every order of conflicting steps has a chance, that of n steps of one place at least 1 in n!";
    }

    private static final class Run implements Chooser {
        private final SplittableRandom random;
        private final Map<Integer, Double> priorities = new HashMap<>();

        Run(SplittableRandom random) {
            this.random = random;
        }

        @Override
        public int choose(List<? extends Candidate> enabled, int at) {
            int best = 0;
            for (int i = 0; i < enabled.size(); i++) {
                double own = priorities.computeIfAbsent(enabled.get(i).context(), context -> random.nextDouble());
                if (own > priorities.get(enabled.get(best).context())) {
                    best = i;
                }
            }
            Candidate chosen = enabled.get(best);
            priorities.remove(chosen.context());
            for (Candidate other : enabled) {
                boolean meets = other.nextPlace() >= 0 && other.nextPlace() == chosen.nextPlace();
                if (other != chosen && meets && other.nextKind().conflicts(chosen.nextKind())) {
                    priorities.remove(other.context());
                }
            }
            return Chooser.anyMove(enabled, best, random);
        }
    }
}
