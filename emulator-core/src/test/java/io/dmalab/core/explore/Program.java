package io.dmalab.core.explore;

import io.dmalab.api.kernel.Kernel;
import io.dmalab.core.kernel.KernelConfig;
import io.dmalab.core.kernel.SimKernel;
import io.dmalab.core.kernel.StopReason;
import io.dmalab.core.random.Streams;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;

/** A few tasks of a bare kernel, run in every order that a strategy wants to see. */
final class Program {
    private static final long HORIZON = Duration.ofSeconds(5).toNanos();
    private static final int STEPS_MAX = 500;

    /**
     * What all executions together came to.
     *
     * @param executions those that ran to their end
     * @param classes    of these, those that differ in the order of conflicting steps
     */
    record Outcome(long executions, long cut, SortedSet<String> classes, SortedSet<String> ends, SortedSet<String> findings) {}

    private final Consumer<Kernel> setUp;
    private final Set<String> types;
    private final boolean preemptible;

    /** @param setUp spawns the tasks, a CPU each */
    Program(Consumer<Kernel> setUp) {
        this(setUp, Set.of());
    }

    Program(Consumer<Kernel> setUp, Set<String> types) {
        this(setUp, types, false);
    }

    /** @param preemptible grace periods wait for read sections alone */
    Program(Consumer<Kernel> setUp, Set<String> types, boolean preemptible) {
        this.setUp = setUp;
        this.types = types;
        this.preemptible = preemptible;
    }

    Outcome exhaustively() {
        Names names = new Names();
        return explore(names, new Dpor(names));
    }

    Outcome byBruteForce() {
        return explore(new Names(), new BruteForce());
    }

    Outcome explore(Names names, Strategy strategy) {
        return explore(names, strategy, Long.MAX_VALUE);
    }

    Outcome explore(Names names, Strategy strategy, long limit) {
        return explore(names, strategy, limit, steps -> { });
    }

    /** @param states gets every state there is: what differs in more than the order of independent steps, at whatever point of an execution */
    Outcome byBruteForce(SortedSet<String> states) {
        Names names = new Names();
        return explore(names, new BruteForce(), Long.MAX_VALUE, steps -> {
            for (int length = 0; length <= steps.size(); length++) {
                states.add(order(steps.subList(0, length), names));
            }
        });
    }

    private Outcome explore(Names names, Strategy strategy, long limit, Consumer<List<Step>> each) {
        long[] executions = new long[2];
        SortedSet<String> classes = new TreeSet<>();
        SortedSet<String> ends = new TreeSet<>();
        SortedSet<String> findings = new TreeSet<>();
        run(names, strategy, limit, (end, steps, found) -> {
            findings.addAll(found);
            if (end == StopReason.CHOSEN) {
                executions[1]++;
                return false;
            }
            ends.add(end.toString());
            executions[0]++;
            classes.add(order(steps, names));
            each.accept(steps);
            return true;
        });
        return new Outcome(executions[0], executions[1], classes, ends, findings);
    }

    /** What one execution came to. */
    private interface Sink {
        /** Whether the execution counts. */
        boolean ended(StopReason end, List<Step> steps, List<String> findings);
    }

    private void run(Names names, Strategy strategy, long limit, Sink sink) {
        World world = World.of(Points.of(List.copyOf(types)), HORIZON, preemptible);
        long counted = 0;
        for (Optional<Chooser> next = strategy.next(); next.isPresent() && counted < limit; next = strategy.next()) {
            Recorder recorder = new Recorder(next.get());
            Setup setup = new Setup(names, recorder, world, STEPS_MAX, false, false);
            try (SimKernel kernel = new SimKernel(KernelConfig.basic(1), new Streams(1), Optional.of(setup))) {
                setUp.accept(kernel);
                kernel.exploreFrom(0);
                StopReason end = kernel.run();
                List<String> findings = kernel.findingRecords().stream()
                        .map(finding -> finding.kind() + " " + finding.subject().replaceAll(" at .*", "")).toList();
                counted += sink.ended(end, recorder.steps(), findings) ? 1 : 0;
            }
        }
    }

    /** Every choice at every point. */
    private static final class BruteForce implements Strategy {
        private final List<int[]> stack = new ArrayList<>();
        private boolean started;

        @Override
        public Optional<Chooser> next() {
            while (started && !stack.isEmpty() && ++stack.getLast()[0] == stack.getLast()[1]) {
                stack.removeLast();
            }
            if (started && stack.isEmpty()) {
                return Optional.empty();
            }
            started = true;
            return Optional.of((enabled, depth) -> {
                if (depth == stack.size()) {
                    stack.add(new int[] {0, enabled.size()});
                }
                return stack.get(depth)[0];
            });
        }

        @Override
        public boolean exhaustive() {
            return true;
        }

        @Override
        public String guarantee() {
            return "everything";
        }
    }

    /** The ordered pairs of conflicting steps: the same for two executions if they differ in the order of independent steps only. */
    private static String order(List<Step> steps, Names names) {
        SortedSet<String> pairs = new TreeSet<>();
        for (int i = 0; i < steps.size(); i++) {
            pairs.add(name(steps, i, names));
            for (int j = 0; j < i; j++) {
                if (steps.get(j).context() != steps.get(i).context() && !steps.get(j).independent(steps.get(i))) {
                    pairs.add(name(steps, j, names) + "<" + name(steps, i, names));
                }
            }
        }
        return String.join(" ", pairs);
    }

    private static String name(List<Step> steps, int step, Names names) {
        int context = steps.get(step).context();
        long number = steps.subList(0, step).stream().filter(s -> s.context() == context).count();
        return names.path(context) + ":" + number;
    }
}
