package io.dmalab.core.explore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The races of an execution, and whom to try so that each goes the other way. A race is an earlier step of another context that touches the same
 * place, with nothing in between that orders the two. For a step that had to wait for a lock it is with the taking of the lock; the release, which let it
 * go on, is none.
 */
final class Races {
    private static final AccessKind[] KINDS = AccessKind.values();
    private static final int[] NO_CLOCK = {};

    /** Accesses to one place in this execution: step and kind. */
    private static final class History {
        int[] words = new int[8];
        int count;
        /** The execution that they are of. */
        long execution;

        void add(int depth, AccessKind kind) {
            if (count == words.length) {
                words = Arrays.copyOf(words, 2 * count);
            }
            words[count++] = depth << 3 | kind.ordinal();
        }

        AccessKind kind(int access) {
            return KINDS[words[access] & 7];
        }

        int step(int access) {
            return words[access] >>> 3;
        }
    }

    private final Names names;
    private History[] histories = new History[256];
    private long execution;
    /** Of each context the clock of its last step. */
    private int[][] last = new int[16][];
    /** Of each step. */
    private int[][] clocks = new int[64][];
    private List<Dpor.Node> stack = List.of();

    Races(Names names) {
        this.names = names;
    }

    /**
     * Adds what is to be tried.
     *
     * @param execution its points, each with its step, but for the last one where the machine broke down
     * @param fresh     number of the steps whose races are known
     * @param blocked   contexts that waited at its end, each with the place
     */
    void of(List<Dpor.Node> points, int fresh, List<int[]> blocked) {
        stack = points;
        execution++;
        Arrays.fill(last, NO_CLOCK);
        clocks = Arrays.copyOf(clocks, Math.max(clocks.length, points.size()));
        int depth = 0;
        while (depth < points.size() && points.get(depth).step != null) {
            Step step = points.get(depth).step;
            if (depth >= fresh) {
                clocks[depth] = executed(step, depth);
            }
            note(step, depth);
            depth++;
        }
        for (int[] one : blocked) {
            blocked(one[0], one[1], depth);
        }
    }

    /** The step's races are reversed. @return its clock */
    private int[] executed(Step step, int depth) {
        int[] before = clockOf(step.context());
        int[] clock = before;
        for (int i = 0; i < step.accesses(); i++) {
            clock = joinRelease(clock, step, step.place(i));
        }
        List<Integer> races = new ArrayList<>();
        for (int earlier : conflicting(step)) {
            if (!happensBefore(earlier, takeTheSame(step, stack.get(earlier).step) ? before : clock)) {
                races.add(earlier);
            }
            clock = join(clock, clocks[earlier]);
        }
        int[] own = with(clock, step.context(), depth + 1);
        races.forEach(earlier -> reverse(earlier, depth, own, step.context()));
        return own;
    }

    /** The step is one of the execution's. */
    private void note(Step step, int depth) {
        for (int i = 0; i < step.accesses(); i++) {
            int place = step.place(i);
            if (place >= histories.length) {
                histories = Arrays.copyOf(histories, Math.max(place + 1, 2 * histories.length));
            }
            if (histories[place] == null) {
                histories[place] = new History();
            }
            if (histories[place].execution != execution) {
                histories[place].execution = execution;
                histories[place].count = 0;
            }
            histories[place].add(depth, step.kind(i));
        }
        clock(step.context(), clocks[depth]);
        for (int i = 0; i < step.started(); i++) {
            int other = step.startedContext(i);
            clock(other, join(clockOf(other), clocks[depth]));
        }
    }

    private int[] clockOf(int context) {
        return context < last.length ? last[context] : NO_CLOCK;
    }

    private void clock(int context, int[] clock) {
        if (context >= last.length) {
            int known = last.length;
            last = Arrays.copyOf(last, Math.max(context + 1, 2 * known));
            Arrays.fill(last, known, last.length, NO_CLOCK);
        }
        last[context] = clock;
    }

    /** Null if nothing has touched it. */
    private History history(int place) {
        History history = place < histories.length ? histories[place] : null;
        return history == null || history.execution != execution ? null : history;
    }

    /** The step could begin only after the place was given back: what that release has seen comes before it in every order. */
    private int[] joinRelease(int[] clock, Step step, int place) {
        History history = history(place);
        if (history == null || !orders(step, place)) {
            return clock;
        }
        for (int i = history.count - 1; i >= 0; i--) {
            if (history.kind(i) == AccessKind.RELEASE) {
                return join(clock, clocks[history.step(i)]);
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
            History history = history(step.place(i));
            AccessKind kind = step.kind(i);
            if (history == null) {
                continue;
            }
            boolean orders = orders(step, step.place(i));
            for (int j = history.count - 1; j >= 0; j--) {
                AccessKind earlier = history.kind(j);
                int at = history.step(j);
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
    private void blocked(int context, int place, int end) {
        int[] clock = clockOf(context);
        History history = history(place);
        for (int i = history == null ? -1 : history.count - 1; i >= 0; i--) {
            int at = history.step(i);
            if (history.kind(i) != AccessKind.ELEMENT && stack.get(at).step.context() != context && !happensBefore(at, clock)) {
                reverse(at, end, clock, context);
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
        Dpor.Node node = stack.get(earlier);
        List<Integer> initials = new ArrayList<>();
        List<Integer> independent = new ArrayList<>();
        for (int at = earlier + 1; at < end; at++) {
            if (!happensBefore(earlier, clocks[at])) {
                if (first(independent, clocks[at])) {
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
            if (node.tries(initial) || node.sleeps(initial)) {
                return;
            }
            if (contains(node.enabled, initial) && (candidate < 0 || initial == context)) {
                candidate = initial;
            }
        }
        if (candidate >= 0) {
            node.add(candidate);
        } else {
            Arrays.stream(node.enabled).forEach(node::add);
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

    private static boolean contains(int[] contexts, int context) {
        return Arrays.stream(contexts).anyMatch(one -> one == context);
    }

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
