package io.dmalab.core.explore;

import java.util.List;

/**
 * The executions below a point. What is left is taken to be like what has been seen: a branch that has not been tried yet counts as the mean of its
 * siblings that have (Kilby, Slaney, Thiebaux, Walsh: Estimating search tree size, AAAI 2006).
 */
final class Subtree {
    /** Executions of the branches that are done, and how many branches these are. */
    private long done;
    private int branches;
    /** Executions of the present branch, as far as points below it are done. */
    private long present;

    /** The execution at hand ends below this point with no point between. */
    void one() {
        present++;
    }

    /** A point below is done. */
    void add(Subtree below) {
        present += below.done + below.present;
    }

    /** The present branch is done. */
    void next() {
        done += present;
        branches++;
        present = 0;
    }

    /** @param stack the points of the last execution */
    static Estimate estimate(List<? extends DepthFirst.Node> stack) {
        long seen = 0;
        double below = 0;
        for (int depth = stack.size() - 1; depth >= 0; depth--) {
            Subtree subtree = stack.get(depth).subtree;
            seen += subtree.done + subtree.present;
            double known = subtree.done + subtree.present + below;
            below = known + stack.get(depth).alternatives() * known / (subtree.branches + 1);
        }
        return new Estimate(seen, below);
    }
}
