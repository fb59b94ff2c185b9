package io.dmalab.core.explore;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Every interleaving, one of each class that differs in the order of conflicting steps: dynamic partial-order reduction with source sets
 * and sleep sets (Abdulla, Aronis, Jonsson, Sagonas: Optimal dynamic partial order reduction, POPL 2014, algorithm 1).
 *
 * <p>After each execution the {@link Races} of its new steps are looked for. Where no context that would begin the reversed order is to be
 * tried before the earlier step, one is added there.
 */
public final class Dpor extends DepthFirst<Dpor.Node> {
    /** A point: who could go on, who is to be tried, who need not be. */
    static final class Node extends DepthFirst.Node {
        final int[] enabled;
        /** Contexts whose next step has been seen from here, or commutes with everything since it was. */
        private final Map<Integer, Step> sleep;
        /** Whom to try, in the order in which races asked for it, so that what is known to come next stays the next. */
        private int[] tries = new int[2];
        private int count;
        /** The present one of them. */
        private int at;

        Node(int[] enabled, Map<Integer, Step> sleep, int chosen) {
            this.enabled = enabled;
            this.sleep = sleep;
            this.chosen = chosen;
            add(chosen);
        }

        void add(int context) {
            if (!tries(context)) {
                tries = count < tries.length ? tries : Arrays.copyOf(tries, 2 * count);
                tries[count++] = context;
            }
        }

        /** Whether it has been tried, or will be. */
        boolean tries(int context) {
            for (int i = 0; i < count; i++) {
                if (tries[i] == context) {
                    return true;
                }
            }
            return false;
        }

        boolean sleeps(int context) {
            return sleep.containsKey(context);
        }

        /** What sleeps here while the alternative is tried. */
        private Map<Integer, Step> sleepThen() {
            Map<Integer, Step> then = new HashMap<>(sleep);
            if (step != null) {
                then.put(chosen, step);
            }
            return then;
        }

        @Override
        int alternative() {
            for (int i = at + 1; i < count; i++) {
                if (!sleeps(tries[i])) {
                    return tries[i];
                }
            }
            return NONE;
        }

        @Override
        int alternatives() {
            int left = 0;
            for (int i = at + 1; i < count; i++) {
                left += sleeps(tries[i]) ? 0 : 1;
            }
            return left;
        }
    }

    private final Races races;

    /** @param names of the exploration: a CPU that is given back orders those who could not run meanwhile */
    public Dpor(Names names) {
        super(new Estimator(false));
        this.races = new Races(names);
    }

    @Override
    Node point(List<? extends Chooser.Candidate> enabled, Node before) {
        Map<Integer, Step> sleep = new HashMap<>();
        if (before != null) {
            for (Map.Entry<Integer, Step> asleep : before.sleep.entrySet()) {
                if (asleep.getKey() != before.chosen && asleep.getValue().independent(before.step)) {
                    sleep.put(asleep.getKey(), asleep.getValue());
                }
            }
        }
        int first = NONE;
        int[] contexts = new int[enabled.size()];
        for (int i = 0; i < contexts.length; i++) {
            Chooser.Candidate candidate = enabled.get(i);
            contexts[i] = candidate.context();
            if (!sleep.containsKey(contexts[i]) && (first < 0 || candidate.ranLast())) {
                first = contexts[i];
            }
        }
        return first < 0 ? null : new Node(contexts, sleep, first);
    }

    @Override
    Node branch(Node node) {
        return new Node(node.enabled, node.sleepThen(), node.alternative());
    }

    @Override
    void advance(Node node) {
        int alternative = node.alternative();
        if (node.step != null) {
            node.sleep.put(node.chosen, node.step);
        }
        node.chosen = alternative;
        while (node.tries[node.at] != alternative) {
            node.at++;
        }
    }

    @Override
    void ended(List<Node> stack, int fresh, Course course) {
        races.of(stack, fresh, course.blocked());
    }

    @Override
    public String guarantee() {
        return "every interleaving, one of each class with the same order of conflicting steps";
    }
}
