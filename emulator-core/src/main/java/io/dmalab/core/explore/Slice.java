package io.dmalab.core.explore;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** The part of an execution that its last step depends on, in an order with few changes of context. */
public final class Slice {
    private final List<Step> steps;
    /** For each step those that must come before it. */
    private final List<BitSet> before = new ArrayList<>();

    private Slice(List<Step> steps) {
        this.steps = steps;
        for (int i = 0; i < steps.size(); i++) {
            BitSet needs = new BitSet();
            for (int j = 0; j < i; j++) {
                if (!steps.get(j).independent(steps.get(i)) || starts(steps.get(j), steps.get(i).context())) {
                    needs.set(j);
                    needs.or(before.get(j));
                }
            }
            before.add(needs);
        }
    }

    /** @return the contexts, in order */
    public static int[] of(List<Step> steps) {
        return new Slice(steps).order().stream().mapToInt(i -> steps.get(i).context()).toArray();
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
