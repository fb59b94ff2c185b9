package io.dmalab.core.explore;

import java.util.Arrays;
import java.util.List;

/**
 * States that have been seen and the steps between them, with the shortest way to each that is known. A state is a number, its moves are
 * neighbours in arrays of all moves: some hundred bytes a state, so that millions of them fit.
 */
final class StateGraph {
    /** No state. */
    static final int NONE = -1;
    private static final long[] NO_WAY = {};

    private final StateTable table = new StateTable();
    /** Steps from the start. */
    private int[] distance = new int[64];
    private int[] parent = new int[64];
    /** The parent's move that leads here. */
    private int[] via = new int[64];
    /** The first of a state's moves; those that have not been tried come first. */
    private int[] first = new int[64];
    private short[] count = new short[64];
    private short[] untried = new short[64];
    private boolean[] expanded = new boolean[64];
    /** Nothing is left to try here, nor anywhere that can be reached from here. */
    private boolean[] finished = new boolean[64];
    private boolean[] harmed = new boolean[64];
    /** Of the last search that came by: which, and the state and move that it came from. */
    private int[] mark = new int[64];
    private int[] from = new int[64];
    private int[] by = new int[64];

    /** Signatures of moves, and where those lead that have been tried. */
    private long[] moves = new long[256];
    private int[] targets = new int[256];
    private int moveCount;
    private long transitions;
    private int searches;
    private final IntQueue queue = new IntQueue();
    private final IntQueue changed = new IntQueue();

    int states() {
        return table.size();
    }

    long transitions() {
        return transitions;
    }

    /** The state of that fingerprint, {@link #NONE} if it is new. */
    int find(long fingerprint) {
        return table.find(fingerprint);
    }

    /** A new state, to which no way is known yet. */
    int add(long fingerprint) {
        int state = table.add(fingerprint);
        if (state == distance.length) {
            grow(2 * state);
        }
        distance[state] = Integer.MAX_VALUE;
        return state;
    }

    /** The state that everything begins with. */
    int start(long fingerprint) {
        int known = find(fingerprint);
        int state = known == NONE ? add(fingerprint) : known;
        distance[state] = 0;
        return state;
    }

    int distance(int state) {
        return distance[state];
    }

    /** Harm is done in this state. */
    void harmed(int state) {
        harmed[state] = true;
    }

    boolean isHarmed(int state) {
        return harmed[state];
    }

    boolean isExpanded(int state) {
        return expanded[state];
    }

    boolean isOpen(int state) {
        return untried[state] > 0;
    }

    /** What can follow a state, seen for the first time. Those of one signature are counted, and one of them is tried. */
    void expand(int state, List<? extends Chooser.Candidate> enabled) {
        transitions += enabled.size();
        int begin = moveCount;
        while (begin + enabled.size() > moves.length) {
            moves = Arrays.copyOf(moves, 2 * moves.length);
            targets = Arrays.copyOf(targets, moves.length);
        }
        for (int i = 0; i < enabled.size(); i++) {
            long signature = enabled.get(i).signature();
            int at = begin;
            while (at < moveCount && moves[at] != signature) {
                at++;
            }
            if (at == moveCount) {
                targets[moveCount] = NONE;
                moves[moveCount++] = signature;
            }
        }
        first[state] = begin;
        count[state] = (short) (moveCount - begin);
        untried[state] = count[state];
        expanded[state] = true;
    }

    /** Takes the next move that has not been tried. */
    long takeMove(int state) {
        return moves[first[state] + --untried[state]];
    }

    /**
     * The move that was taken last at a state leads to that one. Whatever that makes nearer to the start is told.
     *
     * @param open gets states that are nearer now and have something left to try, or harm done
     */
    void leads(int source, int target, IntQueue open) {
        int move = first[source] + untried[source];
        targets[move] = target;
        changed.clear();
        nearer(source, move, target);
        while (!changed.isEmpty()) {
            int state = changed.removeFirst();
            if (isOpen(state) || harmed[state]) {
                open.addLast(state);
            }
            int end = first[state] + count[state];
            for (int i = first[state] + untried[state]; i < end; i++) {
                nearer(state, i, targets[i]);
            }
        }
    }

    private void nearer(int source, int move, int target) {
        if (target != NONE && distance[source] + 1 < distance[target]) {
            distance[target] = distance[source] + 1;
            parent[target] = source;
            via[target] = move;
            changed.addLast(target);
        }
    }

    /** The moves that lead to a state from the start, on the shortest way that is known. */
    long[] way(int state) {
        long[] way = new long[distance[state]];
        int at = state;
        for (int i = way.length - 1; i >= 0; i--) {
            way[i] = moves[via[at]];
            at = parent[at];
        }
        return way;
    }

    /**
     * The moves that lead from a state to the nearest one with something left to try.
     *
     * @param farthest states farther from the start than this do not count
     * @param most     how many states are looked at
     * @return empty if there is none near
     */
    long[] wayToOpen(int start, int farthest, int most) {
        searches++;
        queue.clear();
        reach(start, NONE, NONE);
        boolean tooFar = false;
        for (int looked = 0; !queue.isEmpty(); looked++) {
            int state = queue.removeFirst();
            if (isOpen(state) && distance[state] <= farthest) {
                return trace(state);
            }
            if (looked == most) {
                return NO_WAY;
            }
            tooFar |= isOpen(state);
            int end = first[state] + count[state];
            for (int i = first[state] + untried[state]; i < end; i++) {
                reach(targets[i], state, i);
            }
        }
        for (int i = 0; i < queue.added() && !tooFar; i++) {
            finished[queue.get(i)] = true;
        }
        return NO_WAY;
    }

    private void reach(int state, int source, int move) {
        if (state != NONE && mark[state] != searches && !finished[state]) {
            mark[state] = searches;
            from[state] = source;
            by[state] = move;
            queue.addLast(state);
        }
    }

    private long[] trace(int end) {
        int length = 0;
        for (int at = end; from[at] != NONE; at = from[at]) {
            length++;
        }
        long[] way = new long[length];
        for (int at = end; from[at] != NONE; at = from[at]) {
            way[--length] = moves[by[at]];
        }
        return way;
    }

    private void grow(int room) {
        distance = Arrays.copyOf(distance, room);
        parent = Arrays.copyOf(parent, room);
        via = Arrays.copyOf(via, room);
        first = Arrays.copyOf(first, room);
        count = Arrays.copyOf(count, room);
        untried = Arrays.copyOf(untried, room);
        expanded = Arrays.copyOf(expanded, room);
        harmed = Arrays.copyOf(harmed, room);
        finished = Arrays.copyOf(finished, room);
        mark = Arrays.copyOf(mark, room);
        from = Arrays.copyOf(from, room);
        by = Arrays.copyOf(by, room);
    }
}
