package io.dmalab.core.explore;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Iterative preemption bounding (Musuvathi, Qadeer, PLDI 2007): every execution without a preemption, then every one with one, and so on
 * up to the bound. A preemption takes the CPU from a context that could go on; choosing when nobody has to be interrupted is free.
 */
public final class PreemptionBound implements Strategy {
    /** A point: the order in which its contexts are tried, and which is. */
    private static final class Node {
        final int[] order;
        final boolean firstRanLast;
        final int spent;
        int tried;

        Node(int[] order, boolean firstRanLast, int spent) {
            this.order = order;
            this.firstRanLast = firstRanLast;
            this.spent = spent;
        }

        int spentAfter() {
            return spent + (firstRanLast && tried > 0 ? 1 : 0);
        }
    }

    private final int bound;
    private final List<Node> stack = new ArrayList<>();
    private boolean started;
    private int budget;

    /** @param bound the most preemptions, at least 0 */
    public PreemptionBound(int bound) {
        this.bound = bound;
    }

    @Override
    public Optional<Chooser> next() {
        while (true) {
            if (!started) {
                started = true;
                return Optional.of(new Run());
            }
            while (!stack.isEmpty()) {
                Node top = stack.getLast();
                top.tried++;
                if (top.tried < top.order.length && top.spentAfter() <= budget) {
                    return Optional.of(new Run());
                }
                stack.removeLast();
            }
            if (budget == bound) {
                return Optional.empty();
            }
            budget++;
            started = false;
        }
    }

    @Override
    public boolean exhaustive() {
        return true;
    }

    @Override
    public boolean triesMoves() {
        return false;
    }

    @Override
    public String guarantee() {
        return "every interleaving with at most " + bound + " preemptions";
    }

    private final class Run implements Chooser {
        @Override
        public int choose(List<? extends Candidate> enabled, int depth) {
            if (depth == stack.size()) {
                int spent = depth == 0 ? 0 : stack.get(depth - 1).spentAfter();
                stack.add(new Node(order(enabled), enabled.stream().anyMatch(Candidate::ranLast), spent));
            }
            Node node = stack.get(depth);
            int wanted = node.order[node.tried];
            for (int i = 0; i < enabled.size(); i++) {
                if (enabled.get(i).context() == wanted) {
                    return i;
                }
            }
            throw ScheduleMismatch.notDeterministic(wanted, depth);
        }

        /** The one that ran last first, then the others by number. */
        private int[] order(List<? extends Candidate> enabled) {
            return enabled.stream().sorted(Comparator.comparing((Candidate c) -> !c.ranLast()).thenComparingInt(Candidate::context))
                    .mapToInt(Candidate::context).toArray();
        }
    }
}
