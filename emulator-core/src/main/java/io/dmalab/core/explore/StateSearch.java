package io.dmalab.core.explore;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

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
    /** How many states are looked at for the nearest one with something left to try, before the machine is rather started anew. */
    private static final int LOOK_AHEAD = 1000;
    /** After so many steps an execution goes on to nothing else where it could go round: what is far from the start is nearer on another way. */
    private static final int LONGEST = 1000;

    private final boolean shortest;
    private final Chooser.Sight sight;
    private final int longest;
    private final StateGraph graph = new StateGraph();
    /** States with something left to try, by distance; some have moved or are done. */
    private final List<IntQueue> open = new ArrayList<>();
    /** No open state is nearer. */
    private int lowest;
    private final IntQueue nearer = new IntQueue();
    private long harmful;
    /** The same with all that come of them by exchanging what is alike, if that can be counted. */
    private long allStates;
    private long allTransitions;
    private long allHarmful;
    private boolean tooMany;
    private int nearestHarm = StateGraph.NONE;
    private boolean shown;
    private Run current;

    /**
     * @param shortest ends when a shortest schedule to a violation is known
     * @param sight    how states are told apart
     * @param stepsMax the most steps of an execution
     */
    public StateSearch(boolean shortest, Chooser.Sight sight, int stepsMax) {
        this.shortest = shortest;
        this.sight = sight;
        this.longest = sight == Chooser.Sight.HISTORY ? stepsMax - 1 : Math.min(LONGEST, stepsMax - 1);
    }

    @Override
    public Optional<Chooser> next() {
        if (current == null) {
            return run(new long[0], beyond(0));
        }
        if (!current.tried) {
            // what is left is farther than an execution may go
            return Optional.empty();
        }
        int next = nextOpen();
        boolean all = !shortest || nearestHarm == StateGraph.NONE;
        if (next != StateGraph.NONE && (all || graph.distance(next) + 1 < graph.distance(nearestHarm))) {
            return run(graph.way(next), beyond(graph.distance(next)));
        }
        if (all || shown) {
            return Optional.empty();
        }
        shown = true;
        return run(graph.way(nearestHarm), 0);
    }

    private Optional<Chooser> run(long[] way, int farthest) {
        current = new Run(way, farthest);
        return Optional.of(current);
    }

    /** What is found when nothing is left to happen, such as somebody who waits for ever, is harm done in the last state. */
    @Override
    public void ended(boolean harmed) {
        if (harmed) {
            current.harm();
        }
    }

    private int beyond(int distance) {
        return shortest ? distance + BEYOND : Integer.MAX_VALUE;
    }

    private int nextOpen() {
        for (; lowest < open.size(); lowest++) {
            IntQueue states = open.get(lowest);
            while (!states.isEmpty()) {
                int state = states.last();
                if (graph.isOpen(state) && graph.distance(state) == lowest) {
                    return state;
                }
                states.removeLast();
            }
        }
        return StateGraph.NONE;
    }

    private void opened(int state) {
        int distance = graph.distance(state);
        while (open.size() <= distance) {
            open.add(new IntQueue());
        }
        open.get(distance).addLast(state);
        lowest = Math.min(lowest, distance);
    }

    @Override
    public boolean exhaustive() {
        return true;
    }

    @Override
    public String guarantee() {
        String what = switch (sight) {
            case SYMMETRIC -> "every state, those alike once";
            case HISTORY -> "every state, those of one history but for the order of independent steps once";
            default -> "every state";
        };
        return shortest ? what + ", until no violation can be nearer than the nearest known" : what;
    }

    @Override
    public Optional<Coverage> coverage() {
        boolean symmetric = sight == Chooser.Sight.SYMMETRIC;
        Optional<Coverage> apart = symmetric && !tooMany ? Optional.of(new Coverage(allStates, allHarmful, allTransitions)) : Optional.empty();
        return Optional.of(new Coverage(graph.states(), harmful, graph.transitions(), symmetric, apart));
    }

    /** A step leads there, which may make other states nearer. */
    private void leads(int from, int to) {
        nearer.clear();
        graph.leads(from, to, nearer);
        for (int i = 0; i < nearer.added(); i++) {
            int state = nearer.get(i);
            if (graph.isOpen(state)) {
                opened(state);
            }
            if (graph.isHarmed(state)) {
                harm(state);
            }
        }
    }

    private void harm(int state) {
        if (nearestHarm == StateGraph.NONE || graph.distance(state) < graph.distance(nearestHarm)) {
            nearestHarm = state;
        }
    }

    /** One execution: the way to a state, then on. */
    private final class Run implements Chooser {
        private final int farthest;
        private long[] way;
        private int along;
        private int at = StateGraph.NONE;
        private LongSupplier images;
        private boolean tries;
        /** It has got to where there was something to try. */
        private boolean tried;

        /** @param farthest from states at a greater distance nothing is tried */
        Run(long[] way, int farthest) {
            this.way = way;
            this.farthest = farthest;
        }

        @Override
        public Sight sight() {
            return sight;
        }

        @Override
        public void state(long fingerprint, boolean harmed, LongSupplier copies) {
            images = copies;
            if (at == StateGraph.NONE) {
                allStates += graph.states() == 0 ? images() : 0;
                at = graph.start(fingerprint);
                return;
            }
            int state = graph.find(fingerprint);
            if (state == StateGraph.NONE) {
                if (!tries) {
                    throw new IllegalStateException("a way led to another state than before: the model is not deterministic, or tells less than "
                            + "its state");
                }
                state = graph.add(fingerprint);
                allStates += images();
            }
            if (tries) {
                leads(at, state);
            }
            at = state;
            if (harmed) {
                harm();
            }
        }

        @Override
        public int choose(List<? extends Candidate> enabled, int steps) {
            if (!graph.isExpanded(at)) {
                graph.expand(at, enabled);
                allTransitions += images() * enabled.size();
                opened(at);
            }
            if (along < way.length) {
                return find(enabled, way[along++]);
            }
            if (tried && steps >= longest) {
                return STOP;
            }
            int limit = nearestHarm == StateGraph.NONE || !shortest ? farthest : Math.min(farthest, graph.distance(nearestHarm) - 2);
            if (!graph.isOpen(at) || graph.distance(at) > limit) {
                way = graph.wayToOpen(at, limit, LOOK_AHEAD);
                along = 0;
                return way.length == 0 || steps + way.length >= longest ? STOP : find(enabled, way[along++]);
            }
            tries = true;
            tried = true;
            return index(enabled, graph.takeMove(at));
        }

        /** Harm has been done here. */
        void harm() {
            if (!graph.isHarmed(at)) {
                graph.harmed(at);
                harmful++;
                allHarmful += images();
            }
            StateSearch.this.harm(at);
        }

        private long images() {
            long count = images.getAsLong();
            tooMany |= count == 0;
            return count;
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
