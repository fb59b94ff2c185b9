package io.dmalab.core.explore;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntPredicate;

/** The part of an execution that its last step depends on, in an order with few changes of context. */
public final class Slice {
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

    /** @return those steps, in that order */
    public static List<Step> of(List<Step> steps) {
        return new Slice(steps, place -> true).order().stream().map(steps::get).toList();
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

    /** Goes on with one context as long as it can, then with the one that gets furthest. */
    private List<Integer> order() {
        int last = steps.size() - 1;
        BitSet wanted = (BitSet) before.get(last).clone();
        wanted.set(last);
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
