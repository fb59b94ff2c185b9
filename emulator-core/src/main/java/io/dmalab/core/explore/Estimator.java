package io.dmalab.core.explore;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/**
 * How large a depth-first search will be. Where nothing is left out a branch that is to be tried is taken to be as large as its siblings have been
 * (Kilby, Slaney, Thiebaux, Walsh: Estimating search tree size, AAAI 2006). With sleep sets that is wrong by orders of magnitude: a branch finds most
 * of what it could do asleep, since the one before it has done it. There it is taken to be as large as the later branches at its depth have been so
 * far, and where there were none as those further down.
 */
final class Estimator {
    private final boolean alike;
    /** By depth of the points of the last execution: executions of branches that are done, and of the present one below points that are done. */
    private long[] done = new long[64];
    private long[] present = new long[64];
    private int[] branches = new int[64];
    /** By depth: how many later branches there have been, and how many executions they had. */
    private long[] later = new long[64];
    private long[] laterExecutions = new long[64];
    /** Executions below first points that are done. */
    private long past;
    private int deepest;

    /** @param alike the branches of a point are of a size: none leaves out what another has done */
    Estimator(boolean alike) {
        this.alike = alike;
    }

    /** An execution has ended at that depth. */
    void ended(int depth) {
        if (depth >= done.length) {
            int length = Math.max(depth + 1, 2 * done.length);
            done = Arrays.copyOf(done, length);
            present = Arrays.copyOf(present, length);
            branches = Arrays.copyOf(branches, length);
            later = Arrays.copyOf(later, length);
            laterExecutions = Arrays.copyOf(laterExecutions, length);
        }
        present[depth]++;
        deepest = Math.max(deepest, depth);
    }

    /** The point at that depth, the deepest, takes its next branch. */
    void next(int depth) {
        if (branches[depth] > 0) {
            later[depth]++;
            laterExecutions[depth] += present[depth];
        }
        done[depth] += present[depth];
        present[depth] = 0;
        branches[depth]++;
    }

    /** All branches of the point at that depth, the deepest, are done. */
    void left(int depth) {
        if (depth > 0) {
            present[depth - 1] += done[depth] + present[depth];
        } else {
            past += done[depth] + present[depth];
        }
        done[depth] = 0;
        present[depth] = 0;
        branches[depth] = 0;
    }

    /** @param points how many there are @param alternatives known branches that are to be tried, by depth */
    Estimate estimate(int points, IntUnaryOperator alternatives) {
        long seen = past;
        double usual = 1;
        double below = 0;
        for (int depth = deepest; depth >= 0; depth--) {
            usual = (laterExecutions[depth] + usual) / (later[depth] + 1);
            if (depth < points) {
                seen += done[depth] + present[depth];
                double known = done[depth] + present[depth] + below;
                double sibling = known / (branches[depth] + 1);
                below = known + alternatives.applyAsInt(depth) * (alike ? sibling : Math.min(usual, sibling));
            }
        }
        return new Estimate(seen, past + below);
    }
}
