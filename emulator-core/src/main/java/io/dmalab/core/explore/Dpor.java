package io.dmalab.core.explore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Every interleaving, one of each class that differs in the order of conflicting steps: dynamic partial-order reduction with source sets
 * and sleep sets (Abdulla, Aronis, Jonsson, Sagonas: Optimal dynamic partial order reduction, POPL 2014, algorithm 1).
 *
 * <p>After each step the races it ends are looked for: an earlier step of another context that touches the same place, with nothing in
 * between that orders them. Where no context that would begin the reversed order is to be tried before the earlier step, one is added
 * there. For a step that had to wait for a lock the race is with its taking; the release, which let it go on, is none.
 */
public final class Dpor implements Strategy {
    /** A point of the execution at hand: who could go on, who is to be tried, who need not be. */
    private static final class Node {
        final int[] enabled;
        final BitSet backtrack = new BitSet();
        /** Contexts whose next step has been seen from here, or commutes with everything since it was. */
        final Map<Integer, Step> sleep;
        int chosen;
        Step step;
        int[] clock;

        Node(int[] enabled, Map<Integer, Step> sleep) {
            this.enabled = enabled;
            this.sleep = sleep;
        }
    }

    /** Accesses to one place in this execution: step and kind. */
    private static final class History {
        int[] words = new int[8];
        int count;

        void add(int depth, AccessKind kind) {
            if (count == words.length) {
                words = Arrays.copyOf(words, 2 * count);
            }
            words[count++] = depth << 3 | kind.ordinal();
        }
    }

    private static final AccessKind[] KINDS = AccessKind.values();

    private final Names names;
    private final List<Node> stack = new ArrayList<>();
    private boolean started;

    /** @param names of the exploration: a CPU that is given back orders those who could not run meanwhile */
    public Dpor(Names names) {
        this.names = names;
    }

    @Override
    public Optional<Chooser> next() {
        if (!started) {
            started = true;
            return Optional.of(new Run(0));
        }
        while (!stack.isEmpty()) {
            Node top = stack.getLast();
            if (top.step != null) {
                top.sleep.put(top.chosen, top.step);
            }
            int alternative = alternative(top);
            if (alternative >= 0) {
                top.chosen = alternative;
                top.step = null;
                return Optional.of(new Run(stack.size() - 1));
            }
            stack.removeLast();
        }
        return Optional.empty();
    }

    private static int alternative(Node node) {
        for (int context = node.backtrack.nextSetBit(0); context >= 0; context = node.backtrack.nextSetBit(context + 1)) {
            if (!node.sleep.containsKey(context)) {
                return context;
            }
        }
        return -1;
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
        return "every interleaving, one of each class with the same order of conflicting steps";
    }

    /** One execution: the stack's prefix again, then on until nothing is left or all that could follow is asleep. */
    private final class Run implements Chooser {
        /** The first step that has not been executed before. */
        private final int fresh;
        private final Map<Integer, History> histories = new HashMap<>();
        private final Map<Integer, int[]> clocks = new HashMap<>();
        private int depth;

        Run(int fresh) {
            this.fresh = fresh;
        }

        @Override
        public int choose(List<? extends Candidate> enabled, int at) {
            if (at == stack.size()) {
                Node node = extend(enabled, at);
                if (node == null) {
                    return STOP;
                }
                stack.add(node);
            }
            int chosen = stack.get(at).chosen;
            for (int i = 0; i < enabled.size(); i++) {
                if (enabled.get(i).context() == chosen) {
                    return i;
                }
            }
            throw ScheduleMismatch.notDeterministic(chosen, at);
        }

        private Node extend(List<? extends Candidate> enabled, int at) {
            Map<Integer, Step> sleep = new HashMap<>();
            if (at > 0) {
                Node parent = stack.get(at - 1);
                for (Map.Entry<Integer, Step> asleep : parent.sleep.entrySet()) {
                    if (asleep.getKey() != parent.chosen && asleep.getValue().independent(parent.step)) {
                        sleep.put(asleep.getKey(), asleep.getValue());
                    }
                }
            }
            int first = -1;
            int[] contexts = new int[enabled.size()];
            for (int i = 0; i < contexts.length; i++) {
                Candidate candidate = enabled.get(i);
                contexts[i] = candidate.context();
                if (!sleep.containsKey(contexts[i]) && (first < 0 || candidate.ranLast())) {
                    first = contexts[i];
                }
            }
            if (first < 0) {
                return null;
            }
            Node node = new Node(contexts, sleep);
            node.chosen = first;
            node.backtrack.set(first);
            return node;
        }

        @Override
        public void executed(Step step) {
            Node node = stack.get(depth);
            node.step = step;
            int[] before = clocks.getOrDefault(step.context(), NO_CLOCK);
            int[] clock = before;
            for (int i = 0; i < step.accesses(); i++) {
                clock = joinRelease(clock, step, step.place(i));
            }
            List<Integer> races = new ArrayList<>();
            for (int earlier : conflicting(step)) {
                Node other = stack.get(earlier);
                if (!happensBefore(earlier, takeTheSame(step, other.step) ? before : clock)) {
                    races.add(earlier);
                }
                clock = join(clock, other.clock);
            }
            node.clock = with(clock, step.context(), depth + 1);
            if (depth >= fresh) {
                races.forEach(earlier -> reverse(earlier, depth, node.clock, step.context()));
            }
            for (int i = 0; i < step.accesses(); i++) {
                histories.computeIfAbsent(step.place(i), place -> new History()).add(depth, step.kind(i));
            }
            clocks.put(step.context(), node.clock);
            for (int i = 0; i < step.started(); i++) {
                int other = step.startedContext(i);
                clocks.put(other, join(clocks.getOrDefault(other, NO_CLOCK), node.clock));
            }
            depth++;
        }

        /** The step could begin only after the place was given back: what that release has seen comes before it in every order. */
        private int[] joinRelease(int[] clock, Step step, int place) {
            History history = histories.get(place);
            if (history == null || !orders(step, place)) {
                return clock;
            }
            for (int i = history.count - 1; i >= 0; i--) {
                if (KINDS[history.words[i] & 7] == AccessKind.RELEASE) {
                    return join(clock, stack.get(history.words[i] >>> 3).clock);
                }
            }
            return clock;
        }

        /** A release of the place is no race with the step: while it was taken the step could not begin. */
        private boolean orders(Step step, int place) {
            return place == step.waitedFor() || names.isCpu(place);
        }

        /** Earlier steps of other contexts that touch a place of this step in a way that matters, the latest first. */
        private List<Integer> conflicting(Step step) {
            List<Integer> found = new ArrayList<>();
            for (int i = 0; i < step.accesses(); i++) {
                History history = histories.get(step.place(i));
                AccessKind kind = step.kind(i);
                if (history == null) {
                    continue;
                }
                boolean orders = orders(step, step.place(i));
                for (int j = history.count - 1; j >= 0; j--) {
                    AccessKind earlier = KINDS[history.words[j] & 7];
                    int at = history.words[j] >>> 3;
                    boolean own = stack.get(at).step.context() == step.context();
                    if (!own && !(orders && earlier == AccessKind.RELEASE) && kind.conflicts(earlier) && !found.contains(at)) {
                        found.add(at);
                    }
                    if (earlier == AccessKind.WRITE || earlier == AccessKind.ACQUIRE) {
                        // whatever was before it came before it in every order
                        break;
                    }
                }
            }
            found.sort(Collections.reverseOrder());
            return found;
        }

        /** Whether both take what only one can have, or one of them looks at what the other takes. */
        private static boolean takeTheSame(Step later, Step earlier) {
            for (int i = 0; i < later.accesses(); i++) {
                for (int j = 0; j < earlier.accesses(); j++) {
                    boolean taken = later.kind(i) == AccessKind.ACQUIRE || earlier.kind(j) == AccessKind.ACQUIRE;
                    if (taken && later.place(i) == earlier.place(j)) {
                        return true;
                    }
                }
            }
            return false;
        }

        /** It would have taken the place: a race with whoever did, that no step of its own tells of. */
        @Override
        public void blocked(int context, int place) {
            int[] clock = clocks.getOrDefault(context, NO_CLOCK);
            History history = histories.get(place);
            for (int i = history == null ? -1 : history.count - 1; i >= 0; i--) {
                int at = history.words[i] >>> 3;
                if (KINDS[history.words[i] & 7] != AccessKind.ELEMENT && stack.get(at).step.context() != context
                        && !happensBefore(at, clock)) {
                    reverse(at, depth, clock, context);
                }
            }
        }

        /**
         * Sees to it that the order in which the race goes the other way is tried before the earlier step.
         *
         * @param end     number of the later step
         * @param later   its clock
         * @param context whose step it is
         */
        private void reverse(int earlier, int end, int[] later, int context) {
            Node node = stack.get(earlier);
            List<Integer> initials = new ArrayList<>();
            List<Integer> independent = new ArrayList<>();
            for (int at = earlier + 1; at < end; at++) {
                if (!happensBefore(earlier, stack.get(at).clock)) {
                    if (first(independent, stack.get(at).clock)) {
                        initials.add(stack.get(at).step.context());
                    }
                    independent.add(at);
                }
            }
            if (first(independent, later)) {
                initials.add(context);
            }
            int candidate = -1;
            for (int initial : initials) {
                if (node.backtrack.get(initial) || node.sleep.containsKey(initial)) {
                    return;
                }
                if (contains(node.enabled, initial) && (candidate < 0 || initial == context)) {
                    candidate = initial;
                }
            }
            if (candidate >= 0) {
                node.backtrack.set(candidate);
            } else {
                Arrays.stream(node.enabled).forEach(node.backtrack::set);
            }
        }

        /** Whether none of these steps must come before the one of that clock. */
        private boolean first(List<Integer> steps, int[] clock) {
            for (int before : steps) {
                if (happensBefore(before, clock)) {
                    return false;
                }
            }
            return true;
        }

        private boolean happensBefore(int earlier, int[] clock) {
            int context = stack.get(earlier).step.context();
            return context < clock.length && clock[context] > earlier;
        }
    }

    private static boolean contains(int[] contexts, int context) {
        for (int one : contexts) {
            if (one == context) {
                return true;
            }
        }
        return false;
    }

    private static final int[] NO_CLOCK = {};

    private static int[] join(int[] a, int[] b) {
        if (a == b || b.length == 0) {
            return a;
        }
        int[] joined = Arrays.copyOf(a, Math.max(a.length, b.length));
        for (int i = 0; i < b.length; i++) {
            joined[i] = Math.max(joined[i], b[i]);
        }
        return joined;
    }

    private static int[] with(int[] clock, int context, int value) {
        int[] changed = Arrays.copyOf(clock, Math.max(clock.length, context + 1));
        changed[context] = value;
        return changed;
    }
}
