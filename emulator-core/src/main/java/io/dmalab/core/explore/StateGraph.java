package io.dmalab.core.explore;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** States that have been seen and the steps between them, with the shortest way to each that is known. */
final class StateGraph {
    /** How many states are looked at for the nearest one with something left to try, before the machine is rather started anew. */
    private static final int LOOK_AHEAD = 64;

    /** A state. */
    static final class Node {
        final long fingerprint;
        /** Steps from the start. */
        int distance = Integer.MAX_VALUE;
        private Node parent;
        private long via;
        /** Signatures of what can follow, those not tried yet first. */
        private long[] moves = {};
        /** Where those lead that have been tried. */
        private Node[] targets = {};
        private int untried;
        private boolean expanded;
        /** Of the last search that came by. */
        private int mark;
        private Node from;
        private long by;

        private Node(long fingerprint) {
            this.fingerprint = fingerprint;
        }

        boolean isOpen() {
            return untried > 0;
        }

        boolean isExpanded() {
            return expanded;
        }

        /** Takes the next move that has not been tried. */
        long takeMove() {
            return moves[--untried];
        }

        /** The move that was taken last leads there. */
        private void leads(Node target) {
            targets[untried] = target;
        }
    }

    private final Map<Long, Node> nodes = new HashMap<>();
    private long transitions;
    private int marks;

    long states() {
        return nodes.size();
    }

    long transitions() {
        return transitions;
    }

    /** The state of that fingerprint, null if it is new. */
    Node find(long fingerprint) {
        return nodes.get(fingerprint);
    }

    Node start(long fingerprint) {
        Node node = nodes.computeIfAbsent(fingerprint, Node::new);
        node.distance = 0;
        return node;
    }

    Node add(long fingerprint) {
        Node node = new Node(fingerprint);
        nodes.put(fingerprint, node);
        return node;
    }

    /** What can follow a state, seen for the first time. Those of one signature are counted, and one of them is tried. */
    void expand(Node node, List<? extends Chooser.Candidate> enabled) {
        transitions += enabled.size();
        long[] moves = new long[enabled.size()];
        int count = 0;
        for (Chooser.Candidate candidate : enabled) {
            long signature = candidate.signature();
            boolean known = false;
            for (int i = 0; i < count && !known; i++) {
                known = moves[i] == signature;
            }
            if (!known) {
                moves[count++] = signature;
            }
        }
        node.moves = Arrays.copyOf(moves, count);
        node.targets = new Node[count];
        node.untried = count;
        node.expanded = true;
    }

    /**
     * The move that was taken last at a state leads to that one. Whatever that makes nearer to the start is told.
     *
     * @return states that are nearer now and have something left to try
     */
    List<Node> leads(Node from, Node to) {
        from.leads(to);
        List<Node> nearer = new ArrayList<>();
        relax(from, from.moves[from.untried], to, nearer);
        return nearer;
    }

    private static void relax(Node from, long via, Node to, List<Node> open) {
        if (from.distance + 1 >= to.distance) {
            return;
        }
        Deque<Node> changed = new ArrayDeque<>();
        nearer(from, via, to, changed);
        while (!changed.isEmpty()) {
            Node node = changed.removeFirst();
            if (node.isOpen()) {
                open.add(node);
            }
            for (int i = node.untried; i < node.targets.length; i++) {
                Node next = node.targets[i];
                if (next != null && node.distance + 1 < next.distance) {
                    nearer(node, node.moves[i], next, changed);
                }
            }
        }
    }

    private static void nearer(Node from, long via, Node to, Deque<Node> changed) {
        to.distance = from.distance + 1;
        to.parent = from;
        to.via = via;
        changed.addLast(to);
    }

    /** The moves that lead to a state from the start, on the shortest way that is known. */
    static long[] way(Node node) {
        long[] way = new long[node.distance];
        Node at = node;
        for (int i = way.length - 1; i >= 0; i--) {
            way[i] = at.via;
            at = at.parent;
        }
        return way;
    }

    /**
     * The moves that lead from a state to the nearest one with something left to try.
     *
     * @param farthest states farther from the start than this do not count
     * @return empty if there is none near
     */
    long[] wayToOpen(Node start, int farthest) {
        marks++;
        start.mark = marks;
        start.from = null;
        Deque<Node> queue = new ArrayDeque<>(List.of(start));
        for (int looked = 0; looked < LOOK_AHEAD && !queue.isEmpty(); looked++) {
            Node node = queue.removeFirst();
            if (node.isOpen() && node.distance <= farthest) {
                return trace(node);
            }
            for (int i = node.untried; i < node.targets.length; i++) {
                Node next = node.targets[i];
                if (next != null && next.mark != marks) {
                    next.mark = marks;
                    next.from = node;
                    next.by = node.moves[i];
                    queue.addLast(next);
                }
            }
        }
        return new long[0];
    }

    private static long[] trace(Node end) {
        int length = 0;
        for (Node at = end; at.from != null; at = at.from) {
            length++;
        }
        long[] way = new long[length];
        for (Node at = end; at.from != null; at = at.from) {
            way[--length] = at.by;
        }
        return way;
    }
}
