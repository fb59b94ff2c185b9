package io.dmalab.core.explore;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.kernel.Choice;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The search by state on random graphs without a machine, against breadth-first search. */
class StateGraphTest {
    private static final int STEPS_MAX = 10_000;

    /** A move to a node. */
    private record Edge(int from, int number, int to) implements Chooser.Candidate {
        @Override
        public long signature() {
            return (long) from << 32 | number;
        }

        @Override
        public int context() {
            return 0;
        }

        @Override
        public boolean ranLast() {
            return false;
        }

        @Override
        public int nextPlace() {
            return -1;
        }

        @Override
        public AccessKind nextKind() {
            return AccessKind.READ;
        }

        @Override
        public Choice.Move move() {
            return null;
        }
    }

    /** Nodes with up to four moves each; some do harm, some of these only by ending. */
    private static final class World {
        private final List<List<Edge>> edges = new ArrayList<>();
        private final boolean[] harm;
        private int executions;

        World(Random random) {
            int nodes = 5 + random.nextInt(300);
            boolean round = random.nextBoolean();
            harm = new boolean[nodes];
            for (int from = 0; from < nodes; from++) {
                List<Edge> moves = new ArrayList<>();
                // back to anywhere, or forward only, as in a world in which nothing is undone
                int first = round ? 0 : from + 1;
                for (int i = random.nextInt(5); i > 0 && first < nodes; i--) {
                    moves.add(new Edge(from, i, first + random.nextInt(Math.min(nodes - first, 1 + random.nextInt(20)))));
                }
                edges.add(moves);
                harm[from] = from > 0 && random.nextInt(40) == 0;
            }
        }

        /** Steps from the start; -1 where no way leads. Nothing follows harm. */
        int[] distances() {
            int[] distance = new int[edges.size()];
            Arrays.fill(distance, -1);
            distance[0] = 0;
            Deque<Integer> queue = new ArrayDeque<>(List.of(0));
            while (!queue.isEmpty()) {
                int at = queue.removeFirst();
                for (Edge edge : moves(at)) {
                    if (distance[edge.to()] < 0) {
                        distance[edge.to()] = distance[at] + 1;
                        queue.add(edge.to());
                    }
                }
            }
            return distance;
        }

        List<Edge> moves(int at) {
            return harm[at] ? List.of() : edges.get(at);
        }

        /** @return steps of the last execution */
        int search(StateSearch search) {
            int steps = 0;
            for (Optional<Chooser> next = search.next(); next.isPresent(); next = search.next()) {
                steps = run(next.get(), search);
                executions++;
            }
            return steps;
        }

        private int run(Chooser chooser, StateSearch search) {
            int at = 0;
            for (int steps = 0; ; steps++) {
                boolean atOnce = harm[at] && at % 2 == 0;
                chooser.state((at + 1) * 0x9e3779b97f4a7c15L, atOnce, () -> 1);
                List<Edge> enabled = moves(at);
                int choice = enabled.isEmpty() ? Chooser.STOP : chooser.choose(enabled, steps);
                if (choice == Chooser.STOP) {
                    search.ended(harm[at] && !atOnce);
                    return steps;
                }
                at = enabled.get(choice).to();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    @DisplayName("every state and transition of a random graph, with no more executions than moves")
    void all(int seed) {
        World world = new World(new Random(seed));
        StateSearch search = new StateSearch(false, Chooser.Sight.PLAIN, STEPS_MAX);
        world.search(search);
        int[] distances = world.distances();
        int[] reached = IntStream.range(0, distances.length).filter(node -> distances[node] >= 0).toArray();
        int transitions = IntStream.of(reached).map(node -> world.moves(node).size()).sum();
        assertThat(search.coverage()).contains(new Coverage(reached.length, IntStream.of(reached).filter(node -> world.harm[node]).count(), transitions));
        assertThat(world.executions).isLessThanOrEqualTo(Math.max(1, transitions));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    @DisplayName("the last execution of a search for the shortest is as long as the shortest way to harm, which may show only at the end")
    void shortest(int seed) {
        World world = new World(new Random(seed));
        StateSearch search = new StateSearch(true, Chooser.Sight.PLAIN, STEPS_MAX);
        int last = world.search(search);
        int[] distances = world.distances();
        int nearest = IntStream.range(0, distances.length).filter(node -> world.harm[node] && distances[node] >= 0)
                .map(node -> distances[node]).min().orElse(-1);
        if (nearest >= 0) {
            assertThat(last).isEqualTo(nearest);
        } else {
            assertThat(search.coverage().orElseThrow().harmful()).isZero();
        }
    }

    static IntStream seeds() {
        return IntStream.rangeClosed(1, 300);
    }
}
