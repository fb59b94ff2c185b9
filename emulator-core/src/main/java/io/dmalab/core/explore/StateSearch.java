package io.dmalab.core.explore;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Every state, by what can follow it: an execution ends where it comes to a state from which everything has been tried. Depth first an
 * execution goes on as long as it finds something new to try; breadth first it takes one step from the nearest state that has one left, so
 * that the first violation is one that no shorter schedule leads to. Steps that lead to the same state as another one, since they do the same to
 * things that are alike, are counted and not taken.
 *
 * <p>A machine cannot be copied, so a state is come to again by the schedule that led to it first; that it is the same then is checked.
 */
public final class StateSearch implements Strategy {
    /** In which order states are gone on from. */
    public enum Order { DEPTH_FIRST, BREADTH_FIRST }

    /** A state, the schedule that led to it, and what has not been tried from it. */
    private static final class Node {
        final long fingerprint;
        /** For each step the number of its candidate. */
        final short[] trail;
        /** Signatures of what can follow, those that have not been tried first; null until somebody has looked. */
        long[] moves;
        int untried;

        Node(long fingerprint, short[] trail) {
            this.fingerprint = fingerprint;
            this.trail = trail;
        }
    }

    private final Order order;
    private final boolean symmetric;
    private final Map<Long, Node> nodes = new HashMap<>();
    /** States from which something is left to try: the latest first, or the earliest. */
    private final Deque<Node> open = new ArrayDeque<>();
    private boolean started;
    private long transitions;
    private long harmful;

    /** @param symmetric what can be exchanged is not told apart */
    public StateSearch(Order order, boolean symmetric) {
        this.order = order;
        this.symmetric = symmetric;
    }

    @Override
    public Optional<Chooser> next() {
        if (!started) {
            started = true;
            return Optional.of(new Run(null));
        }
        while (!open.isEmpty() && next(open).untried == 0) {
            if (order == Order.DEPTH_FIRST) {
                open.removeLast();
            } else {
                open.removeFirst();
            }
        }
        return open.isEmpty() ? Optional.empty() : Optional.of(new Run(next(open)));
    }

    private Node next(Deque<Node> nodesLeft) {
        return order == Order.DEPTH_FIRST ? nodesLeft.getLast() : nodesLeft.getFirst();
    }

    @Override
    public boolean exhaustive() {
        return true;
    }

    @Override
    public String guarantee() {
        String what = symmetric ? "every state, those alike once" : "every state";
        return order == Order.DEPTH_FIRST ? what : what + ", the nearest first: no schedule to a violation is shorter";
    }

    @Override
    public Optional<Coverage> coverage() {
        return Optional.of(new Coverage(nodes.size(), harmful, transitions, symmetric));
    }

    /** One execution: the way to a state, then on. */
    private final class Run implements Chooser {
        private final Node start;
        private final int fresh;
        private short[] trail;
        private int depth;
        private Node at;

        Run(Node start) {
            this.start = start;
            this.fresh = start == null ? 0 : start.trail.length;
            this.trail = start == null ? new short[32] : Arrays.copyOf(start.trail, fresh + 32);
        }

        @Override
        public Sight sight() {
            return symmetric ? Sight.SYMMETRIC : Sight.PLAIN;
        }

        @Override
        public boolean looks(int steps) {
            return steps >= fresh;
        }

        @Override
        public void state(long fingerprint, boolean harmed) {
            if (start != null && depth == fresh && fingerprint != start.fingerprint) {
                throw new IllegalStateException("the schedule of a state led to another one: the model is not deterministic");
            }
            at = nodes.get(fingerprint);
            if (at == null) {
                at = new Node(fingerprint, Arrays.copyOf(trail, depth));
                nodes.put(fingerprint, at);
                harmful += harmed ? 1 : 0;
            }
        }

        @Override
        public int choose(List<? extends Candidate> enabled, int steps) {
            if (steps < fresh) {
                depth = steps + 1;
                return trail[steps];
            }
            if (at.moves == null) {
                expand(enabled);
            }
            if (at.untried == 0 || order == Order.BREADTH_FIRST && steps > fresh) {
                return STOP;
            }
            long wanted = at.moves[--at.untried];
            for (int i = 0; i < enabled.size(); i++) {
                if (enabled.get(i).signature() == wanted) {
                    return take(i, steps);
                }
            }
            throw new IllegalStateException("what could follow a state cannot do so at another time: it is not told in full");
        }

        private void expand(List<? extends Candidate> enabled) {
            transitions += enabled.size();
            long[] moves = new long[enabled.size()];
            int count = 0;
            for (Candidate candidate : enabled) {
                long signature = candidate.signature();
                boolean known = false;
                for (int i = 0; i < count && !known; i++) {
                    known = moves[i] == signature;
                }
                if (!known) {
                    moves[count++] = signature;
                }
            }
            at.moves = Arrays.copyOf(moves, count);
            at.untried = count;
            open.addLast(at);
        }

        private int take(int candidate, int steps) {
            if (steps == trail.length) {
                trail = Arrays.copyOf(trail, 2 * steps);
            }
            trail[steps] = (short) candidate;
            depth = steps + 1;
            return candidate;
        }
    }
}
