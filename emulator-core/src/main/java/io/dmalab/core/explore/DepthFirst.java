package io.dmalab.core.explore;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A search that goes through the tree of choices depth first: an execution repeats the choices down to a point, takes another branch there, and
 * goes on through points where nobody has been. What it does follows from its branch alone, so that executions which the search is going to
 * ask for can be made ahead, by any thread; what they show is taken in when it is their turn.
 *
 * @param <N> a point of the execution at hand
 */
abstract class DepthFirst<N extends DepthFirst.Node> implements Strategy {
    /** Nothing more is to be tried. */
    static final int NONE = -1;

    /** A point of an execution. */
    abstract static class Node {
        /** Who goes on. */
        int chosen;
        /** What that did; null as long as it is not known. */
        Step step;
        /** The execution of the next branch, if it has been handed out before its turn. */
        DepthFirst<?>.Course ahead;

        /** Who is to be tried after the present one, {@link #NONE} if nobody. Does not change once there is one. */
        abstract int alternative();

        /** How many are to be tried after the present one, as far as is known. */
        abstract int alternatives();
    }

    private final List<N> stack = new ArrayList<>();
    private final Estimator estimator;
    private Course under;

    DepthFirst(Estimator estimator) {
        this.estimator = estimator;
    }

    /**
     * A point where nobody has been, with {@link Node#chosen} set. Called by any thread: it looks at nothing but its parameters.
     *
     * @param before the point before, and what was done there; null at the first
     * @return null if all that could follow is known
     */
    abstract N point(List<? extends Chooser.Candidate> enabled, N before);

    /** A copy of the node as it will be when its alternative is tried. */
    abstract N branch(N node);

    /** The node's alternative is the present one from now on. */
    abstract void advance(N node);

    /** An execution has ended. @param stack all its points @param fresh number of those that are known from earlier executions */
    void ended(List<N> stack, int fresh, Course course) {}

    /** Everything has been tried. @return whether it is to be tried anew */
    boolean again() {
        return false;
    }

    @Override
    public final Optional<Chooser> next() {
        boolean first = under == null;
        takeIn();
        while (!stack.isEmpty()) {
            N top = stack.getLast();
            if (top.alternative() != NONE) {
                under = course(stack.size() - 1);
                top.ahead = null;
                advance(top);
                top.step = null;
                estimator.next(stack.size() - 1);
                return Optional.of(under);
            }
            stack.removeLast();
            estimator.left(stack.size());
        }
        if (!first && !again()) {
            return Optional.empty();
        }
        under = new Course(new int[0], null);
        return Optional.of(under);
    }

    @Override
    public final List<Chooser> ahead(int most) {
        List<Chooser> ahead = new ArrayList<>();
        for (int depth = stack.size() - 1; depth >= 0 && ahead.size() < most; depth--) {
            if (stack.get(depth).step != null && stack.get(depth).alternative() != NONE) {
                ahead.add(course(depth));
            }
        }
        return ahead;
    }

    /** The execution of that node's alternative. */
    @SuppressWarnings("unchecked")
    private Course course(int depth) {
        N node = stack.get(depth);
        if (node.ahead == null) {
            node.ahead = new Course(stack.subList(0, depth).stream().mapToInt(above -> above.chosen).toArray(), branch(node));
        }
        return (Course) node.ahead;
    }

    /** What the execution has shown. */
    private void takeIn() {
        if (under == null || under.taken) {
            return;
        }
        under.taken = true;
        int fresh = stack.size();
        if (under.branch != null) {
            fresh--;
            stack.getLast().step = under.branch.step;
        }
        stack.addAll(under.fresh);
        if (!stack.isEmpty()) {
            estimator.ended(stack.size() - 1);
            ended(stack, fresh, under);
        }
    }

    @Override
    public Optional<Estimate> estimate() {
        takeIn();
        return Optional.of(estimator.estimate(stack.size(), depth -> stack.get(depth).alternatives()));
    }

    @Override
    public final boolean exhaustive() {
        return true;
    }

    @Override
    public final boolean triesMoves() {
        return false;
    }

    /** One execution. */
    final class Course implements Chooser {
        private final int[] prefix;
        private final N branch;
        private final List<N> fresh = new ArrayList<>();
        private final List<int[]> blocked = new ArrayList<>();
        private int depth;
        private boolean taken;

        /** @param prefix who goes on before the branch @param branch null if it begins with points where nobody has been */
        private Course(int[] prefix, N branch) {
            this.prefix = prefix;
            this.branch = branch;
        }

        /** Contexts that waited at its end, each with the place that it waited for. */
        List<int[]> blocked() {
            return blocked;
        }

        @Override
        public int choose(List<? extends Candidate> enabled, int at) {
            int chosen = at < prefix.length ? prefix[at] : at == prefix.length && branch != null ? branch.chosen : fresh(enabled);
            for (int i = 0; i < enabled.size(); i++) {
                if (enabled.get(i).context() == chosen) {
                    return i;
                }
            }
            if (chosen == NONE) {
                return STOP;
            }
            throw ScheduleMismatch.notDeterministic(chosen, at);
        }

        private int fresh(List<? extends Candidate> enabled) {
            N node = point(enabled, fresh.isEmpty() ? branch : fresh.getLast());
            if (node == null) {
                return NONE;
            }
            fresh.add(node);
            return node.chosen;
        }

        @Override
        public void executed(Step step) {
            if (depth == prefix.length && branch != null) {
                branch.step = step;
            } else if (depth >= prefix.length) {
                fresh.getLast().step = step;
            }
            depth++;
        }

        @Override
        public void blocked(int context, int place) {
            blocked.add(new int[] {context, place});
        }
    }
}
