package io.dmalab.core.explore;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi, Nagarakatte, ASPLOS 2010): contexts have random priorities, the
 * highest that can go on does, and at {@code depth - 1} random steps the running one becomes the lowest.
 */
public final class Pct extends Sampling {
    private final int depth;

    /** @param depth number of ordering constraints of the bugs that are looked for, at least 1 */
    public Pct(long seed, int depth) {
        super(seed);
        this.depth = depth;
    }

    @Override
    Chooser chooser(SplittableRandom random, Shape known) {
        return new Run(random, known.steps());
    }

    @Override
    public String guarantee() {
        return String.format(Locale.ROOT, "a bug of depth %d is hit with a chance of at least %.2g an execution (%d contexts, %d steps)", depth,
                chance(), shape().contexts(), shape().steps());
    }

    /** Executions draw independently of each other: what each misses with 1 - p, n miss with (1 - p)^n. */
    @Override
    public String guarantee(long executions) {
        return String.format(Locale.ROOT, "%s; %,d executions miss one with a chance of at most %.2g", guarantee(), executions,
                StrictMath.exp(executions * StrictMath.log1p(-chance())));
    }

    private double chance() {
        return 1.0 / (shape().contexts() * Math.pow(shape().steps(), depth - 1.0));
    }

    private final class Run implements Chooser {
        private final SplittableRandom random;
        private final Map<Integer, Double> priorities = new HashMap<>();
        private final int[] changes = new int[depth - 1];
        private int changed;

        /** @param steps that an execution has, as far as is known */
        Run(SplittableRandom random, int steps) {
            this.random = random;
            for (int i = 0; i < changes.length; i++) {
                changes[i] = random.nextInt(steps);
            }
            Arrays.sort(changes);
        }

        @Override
        public int choose(List<? extends Candidate> enabled, int at) {
            int best = best(enabled);
            while (changed < changes.length && changes[changed] <= at) {
                priorities.put(enabled.get(best).context(), -1.0 - changed);
                changed++;
                best = best(enabled);
            }
            return Chooser.anyMove(enabled, best, random);
        }

        private int best(List<? extends Candidate> enabled) {
            int best = 0;
            for (int i = 0; i < enabled.size(); i++) {
                double own = priority(enabled.get(i));
                if (own > priority(enabled.get(best))) {
                    best = i;
                }
            }
            return best;
        }

        private double priority(Candidate candidate) {
            return priorities.computeIfAbsent(candidate.context(), context -> random.nextDouble());
        }
    }
}
