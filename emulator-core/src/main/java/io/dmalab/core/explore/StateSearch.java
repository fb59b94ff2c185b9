package io.dmalab.core.explore;

import io.dmalab.core.explore.StateGraph.Node;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Every state, by what can follow it. A machine cannot be copied, so an execution goes to a state that has something left to try, by the
 * shortest way known, tries it, and goes on as long as there is something new to try here or near by. That a way leads to the state that it led to
 * before is checked. Moves that lead to the same state as another one, since they do the same to things that are alike, are counted and not
 * taken.
 *
 * <p>The next execution begins at the state with the fewest steps to it. Where the shortest schedule to a violation is wanted it does not go far
 * beyond; once a violation is known, only states are gone on from that can lead to a nearer one, and the last execution is the way to the nearest.
 */
public final class StateSearch implements Strategy {
    /** How far an execution goes beyond the state that it began with, for the shortest schedule. */
    private static final int BEYOND = 4;

    private final boolean shortest;
    private final boolean symmetric;
    private final StateGraph graph = new StateGraph();
    /** States with something left to try, by distance; some have moved or are done. */
    private final List<Deque<Node>> open = new ArrayList<>();
    private boolean started;
    private long harmful;
    private Node nearestHarm;
    private boolean shown;

    /**
     * @param shortest  ends when a shortest schedule to a violation is known
     * @param symmetric what can be exchanged is not told apart
     */
    public StateSearch(boolean shortest, boolean symmetric) {
        this.shortest = shortest;
        this.symmetric = symmetric;
    }

    @Override
    public Optional<Chooser> next() {
        if (!started) {
            started = true;
            return Optional.of(new Run(new long[0], beyond(0)));
        }
        Node next = nextOpen();
        boolean all = !shortest || nearestHarm == null;
        if (next != null && (all || next.distance + 1 < nearestHarm.distance)) {
            return Optional.of(new Run(StateGraph.way(next), beyond(next.distance)));
        }
        if (all || shown) {
            return Optional.empty();
        }
        shown = true;
        return Optional.of(new Run(StateGraph.way(nearestHarm), 0));
    }

    private int beyond(int distance) {
        return shortest ? distance + BEYOND : Integer.MAX_VALUE;
    }

    private Node nextOpen() {
        for (int i = 0; i < open.size(); i++) {
            Deque<Node> states = open.get(i);
            while (!states.isEmpty()) {
                Node node = states.getLast();
                if (node.isOpen() && node.distance == i) {
                    return node;
                }
                states.removeLast();
            }
        }
        return null;
    }

    private void opened(Node node) {
        while (open.size() <= node.distance) {
            open.add(new ArrayDeque<>());
        }
        open.get(node.distance).addLast(node);
    }

    @Override
    public boolean exhaustive() {
        return true;
    }

    @Override
    public String guarantee() {
        String what = symmetric ? "every state, those alike once" : "every state";
        return shortest ? what + ", until no violation can be nearer than the nearest known" : what;
    }

    @Override
    public Optional<Coverage> coverage() {
        return Optional.of(new Coverage(graph.states(), harmful, graph.transitions(), symmetric));
    }

    /** One execution: the way to a state, then on. */
    private final class Run implements Chooser {
        private final int farthest;
        private long[] way;
        private int along;
        private Node at;
        private boolean tries;

        /** @param farthest from states at a greater distance nothing is tried */
        Run(long[] way, int farthest) {
            this.way = way;
            this.farthest = farthest;
        }

        @Override
        public Sight sight() {
            return symmetric ? Sight.SYMMETRIC : Sight.PLAIN;
        }

        @Override
        public void state(long fingerprint, boolean harmed) {
            Node node = graph.find(fingerprint);
            if (at == null) {
                at = graph.start(fingerprint);
                return;
            }
            if (node == null) {
                if (!tries) {
                    throw new IllegalStateException("a way led to another state than before: the model is not deterministic, or tells less than "
                            + "its state");
                }
                node = graph.add(fingerprint);
                harmful += harmed ? 1 : 0;
            }
            if (tries) {
                graph.leads(at, node).forEach(StateSearch.this::opened);
                if (harmed && (nearestHarm == null || node.distance < nearestHarm.distance)) {
                    nearestHarm = node;
                }
            }
            at = node;
        }

        @Override
        public int choose(List<? extends Candidate> enabled, int steps) {
            if (!at.isExpanded()) {
                graph.expand(at, enabled);
                opened(at);
            }
            if (along < way.length) {
                return find(enabled, way[along++]);
            }
            int limit = nearestHarm == null || !shortest ? farthest : Math.min(farthest, nearestHarm.distance - 2);
            if (!at.isOpen() || at.distance > limit) {
                way = graph.wayToOpen(at, limit);
                along = 0;
                return way.length == 0 ? STOP : find(enabled, way[along++]);
            }
            tries = true;
            return index(enabled, at.takeMove());
        }

        private int find(List<? extends Candidate> enabled, long move) {
            tries = false;
            return index(enabled, move);
        }

        private int index(List<? extends Candidate> enabled, long move) {
            for (int i = 0; i < enabled.size(); i++) {
                if (enabled.get(i).signature() == move) {
                    return i;
                }
            }
            throw new IllegalStateException("what could follow a state cannot do so at another time: it is not told in full");
        }
    }
}
