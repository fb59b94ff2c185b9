package io.dmalab.core.explore;

import java.util.List;
import java.util.Optional;

/**
 * Iterative preemption bounding (Musuvathi, Qadeer, PLDI 2007): every execution without a preemption, then every one with one, and so on
 * up to the bound. A preemption takes the CPU from a context that could go on; choosing when nobody has to be interrupted is free.
 */
public final class PreemptionBound extends DepthFirst<PreemptionBound.Node> {
    /** A point: the order in which its contexts are tried, and which is. */
    static final class Node extends DepthFirst.Node {
        private final int[] order;
        private final boolean firstRanLast;
        private final int spent;
        private final int budget;
        private int tried;

        Node(int[] order, boolean firstRanLast, int spent, int budget) {
            this.order = order;
            this.firstRanLast = firstRanLast;
            this.spent = spent;
            this.budget = budget;
            this.chosen = order[0];
        }

        private int spentAfter() {
            return spent + (firstRanLast && tried > 0 ? 1 : 0);
        }

        @Override
        int alternative() {
            return alternatives() > 0 ? order[tried + 1] : NONE;
        }

        @Override
        int alternatives() {
            return spent + (firstRanLast ? 1 : 0) <= budget ? order.length - tried - 1 : 0;
        }
    }

    private final int bound;
    private volatile int budget;

    /** @param bound the most preemptions, at least 0 */
    public PreemptionBound(int bound) {
        this(0, bound);
    }

    /** @param first what is allowed at once */
    PreemptionBound(int first, int bound) {
        super(new Estimator(true));
        this.budget = first;
        this.bound = bound;
    }

    @Override
    Node point(List<? extends Chooser.Candidate> enabled, Node before) {
        int last = 0;
        while (last < enabled.size() && !enabled.get(last).ranLast()) {
            last++;
        }
        return new Node(order(enabled, last), last < enabled.size(), before == null ? 0 : before.spentAfter(),
                before == null ? budget : before.budget);
    }

    /** The one that ran last first, then the others by descent. */
    private static int[] order(List<? extends Chooser.Candidate> enabled, int last) {
        int[] order = new int[enabled.size()];
        int next = 0;
        if (last < enabled.size()) {
            order[next++] = enabled.get(last).context();
        }
        for (int i = 0; i < order.length; i++) {
            if (i != last) {
                order[next++] = enabled.get(i).context();
            }
        }
        return order;
    }

    @Override
    Node branch(Node node) {
        Node branch = new Node(node.order, node.firstRanLast, node.spent, node.budget);
        branch.tried = node.tried;
        advance(branch);
        return branch;
    }

    @Override
    void advance(Node node) {
        node.tried++;
        node.chosen = node.order[node.tried];
    }

    @Override
    boolean again() {
        return budget++ < bound;
    }

    /** How much there is with a further preemption shows only when it is allowed. */
    @Override
    public Optional<Estimate> estimate() {
        return budget < bound ? Optional.empty() : super.estimate();
    }

    @Override
    public String guarantee() {
        return "every interleaving with at most " + bound + " preemptions";
    }
}
