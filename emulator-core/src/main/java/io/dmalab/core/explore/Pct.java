package io.dmalab.core.explore;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi, Nagarakatte, ASPLOS 2010): contexts have random priorities, the
 * highest that can go on does, and at {@code depth - 1} random steps the running one becomes the lowest.
 */
public final class Pct implements Strategy {
    private final SplittableRandom random;
    private final int depth;
    /** The longest execution and the most contexts seen: what the guarantee is computed from. */
    private int steps = 1;
    private int contexts = 1;

    /** @param depth number of ordering constraints of the bugs that are looked for, at least 1 */
    public Pct(long seed, int depth) {
        this.random = new SplittableRandom(seed);
        this.depth = depth;
    }

    @Override
    public Optional<Chooser> next() {
        return Optional.of(new Run());
    }

    @Override
    public boolean exhaustive() {
        return false;
    }

    @Override
    public String guarantee() {
        double chance = 1.0 / (contexts * Math.pow(steps, depth - 1.0));
        return String.format(Locale.ROOT, "a bug of depth %d is hit with a chance of at least %.2g an execution (%d contexts, %d steps)", depth,
                chance, contexts, steps);
    }

    private final class Run implements Chooser {
        private final Map<Integer, Double> priorities = new HashMap<>();
        private final int[] changes = new int[depth - 1];
        private int changed;

        Run() {
            for (int i = 0; i < changes.length; i++) {
                changes[i] = random.nextInt(steps);
            }
            Arrays.sort(changes);
        }

        @Override
        public int choose(List<? extends Candidate> enabled, int at) {
            steps = Math.max(steps, at + 1);
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
            Double known = priorities.get(candidate.context());
            if (known == null) {
                known = random.nextDouble();
                priorities.put(candidate.context(), known);
                contexts = Math.max(contexts, priorities.size());
            }
            return known;
        }
    }
}
