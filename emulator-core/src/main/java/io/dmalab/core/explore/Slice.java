package io.dmalab.core.explore;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;

/** The part of an execution that its last step depends on, in an order with as few changes of context as there can be. */
public final class Slice {
    /** Ways that are looked at before the order settles for few changes. */
    private static final int WAYS_MAX = 20_000;

    /**
     * Steps in an order that respects what depends on what.
     *
     * @param fewest no such order has fewer changes of context
     */
    public record Order(List<Step> steps, boolean fewest) {
        public Order {
            steps = List.copyOf(steps);
        }

        /** Changes of context. */
        public int switches() {
            int switches = 0;
            for (int i = 1; i < steps.size(); i++) {
                switches += steps.get(i).context() == steps.get(i - 1).context() ? 0 : 1;
            }
            return switches;
        }
    }

    /** One context after the other, each as far as it can go. @param done steps, those of the last run included */
    private record Way(BitSet done, List<Integer> run, Way before) {}

    private final List<Step> steps;
    /** For each step those that must come before it. */
    private final List<BitSet> before = new ArrayList<>();

    /** @param places that decide which steps depend on each other */
    private Slice(List<Step> steps, IntPredicate places) {
        this.steps = steps;
        for (int i = 0; i < steps.size(); i++) {
            BitSet needs = new BitSet();
            for (int j = 0; j < i; j++) {
                Step earlier = steps.get(j);
                Step later = steps.get(i);
                if (earlier.context() == later.context() || earlier.meets(later, places) || starts(earlier, later.context())) {
                    needs.set(j);
                    needs.or(before.get(j));
                }
            }
            before.add(needs);
        }
    }

    /** Those steps, in that order. */
    public static Order of(List<Step> steps) {
        Slice slice = new Slice(steps, place -> true);
        List<Integer> shortest = slice.shortest();
        boolean fewest = !shortest.isEmpty();
        return new Order((fewest ? shortest : slice.order()).stream().map(steps::get).toList(), fewest);
    }

    /**
     * The steps that a person needs to see: those that another context's step must come before or after with nothing in between, and the
     * last.
     *
     * @param steps a slice
     * @param names tells data from CPUs: that two share one is no story
     */
    public static BitSet telling(List<Step> steps, Names names) {
        Slice slice = new Slice(steps, place -> !names.isCpu(place));
        BitSet telling = new BitSet();
        for (int later = 0; later < steps.size(); later++) {
            BitSet needed = slice.before.get(later);
            for (int earlier = needed.nextSetBit(0); earlier >= 0; earlier = needed.nextSetBit(earlier + 1)) {
                if (steps.get(earlier).context() != steps.get(later).context() && slice.adjacent(earlier, later)) {
                    telling.set(earlier);
                    telling.set(later);
                }
            }
        }
        telling.set(steps.size() - 1);
        return telling;
    }

    /** Nothing else puts the one before the other. */
    private boolean adjacent(int earlier, int later) {
        BitSet needed = before.get(later);
        for (int between = needed.nextSetBit(earlier + 1); between >= 0; between = needed.nextSetBit(between + 1)) {
            if (before.get(between).get(earlier)) {
                return false;
            }
        }
        return true;
    }

    private static boolean starts(Step step, int context) {
        for (int i = 0; i < step.started(); i++) {
            if (step.startedContext(i) == context) {
                return true;
            }
        }
        return false;
    }

    /**
     * The order with the fewest changes: the fewest runs of one context each, breadth first. A run goes on as long as it can, since steps that
     * are taken earlier than they might never need another change. Empty if there are too many ways.
     */
    private List<Integer> shortest() {
        BitSet wanted = wanted();
        List<Integer> contexts = wanted.stream().map(i -> steps.get(i).context()).distinct().boxed().toList();
        Set<BitSet> known = new HashSet<>();
        Deque<Way> open = new ArrayDeque<>(List.of(new Way(new BitSet(), List.of(), null)));
        while (known.size() < WAYS_MAX) {
            Way way = open.remove();
            if (way.done().equals(wanted)) {
                return unwound(way);
            }
            for (int context : contexts) {
                List<Integer> run = run(context, wanted, way.done());
                BitSet done = (BitSet) way.done().clone();
                run.forEach(done::set);
                if (!run.isEmpty() && known.add(done)) {
                    open.add(new Way(done, run, way));
                }
            }
        }
        return List.of();
    }

    private static List<Integer> unwound(Way last) {
        List<Integer> order = new ArrayList<>();
        for (Way way = last; way != null; way = way.before()) {
            order.addAll(0, way.run());
        }
        return order;
    }

    private BitSet wanted() {
        int last = steps.size() - 1;
        BitSet wanted = (BitSet) before.get(last).clone();
        wanted.set(last);
        return wanted;
    }

    /** Goes on with one context as long as it can, then with the one that gets furthest. */
    private List<Integer> order() {
        BitSet wanted = wanted();
        BitSet done = new BitSet();
        List<Integer> order = new ArrayList<>();
        while (done.cardinality() < wanted.cardinality()) {
            List<Integer> best = List.of();
            for (int i = wanted.nextSetBit(0); i >= 0; i = wanted.nextSetBit(i + 1)) {
                List<Integer> run = done.get(i) ? List.of() : run(steps.get(i).context(), wanted, done);
                if (run.size() > best.size()) {
                    best = run;
                }
            }
            best.forEach(done::set);
            order.addAll(best);
        }
        return order;
    }

    /** What the context can do before it needs somebody else. */
    private List<Integer> run(int context, BitSet wanted, BitSet done) {
        List<Integer> run = new ArrayList<>();
        BitSet there = (BitSet) done.clone();
        for (int i = wanted.nextSetBit(0); i >= 0; i = wanted.nextSetBit(i + 1)) {
            if (there.get(i) || steps.get(i).context() != context) {
                continue;
            }
            BitSet open = (BitSet) before.get(i).clone();
            open.andNot(there);
            if (!open.isEmpty()) {
                break;
            }
            there.set(i);
            run.add(i);
        }
        return run;
    }
}
