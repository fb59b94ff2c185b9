package io.dmalab.core.explore;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.kernel.Kernel;
import io.dmalab.core.kernel.KernelConfig;
import io.dmalab.core.kernel.SimKernel;
import io.dmalab.core.kernel.StopReason;
import io.dmalab.core.random.Streams;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

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
        long executions = 0;
        long cut = 0;
        SortedSet<String> classes = new TreeSet<>();
        SortedSet<String> ends = new TreeSet<>();
        SortedSet<String> findings = new TreeSet<>();
        for (Optional<Chooser> next = strategy.next(); next.isPresent() && executions < limit; next = strategy.next()) {
            Execution execution = execute(names, next.get());
            findings.addAll(execution.findings());
            if (execution.end() == StopReason.CHOSEN) {
                cut++;
                continue;
            }
            ends.add(execution.end().toString());
            executions++;
            classes.add(order(execution.steps(), names));
            each.accept(execution.steps());
        }
        return new Outcome(executions, cut, classes, ends, findings);
    }

    /** One execution, what it ended with and what was found in it. */
    private record Execution(StopReason end, List<Step> steps, List<String> findings) {}

    private Execution execute(Names names, Chooser chooser) {
        Recorder recorder = new Recorder(chooser);
        World world = World.of(Points.of(List.copyOf(types)), HORIZON, preemptible);
        try (SimKernel kernel = new SimKernel(KernelConfig.basic(1), new Streams(1),
                Optional.of(new Setup(names, recorder, world, STEPS_MAX, false, false)))) {
            setUp.accept(kernel);
            kernel.exploreFrom(0);
            StopReason end = kernel.run();
            return new Execution(end, recorder.steps(), kernel.findingRecords().stream()
                    .map(finding -> finding.kind() + " " + finding.subject().replaceAll(" at .*", "")).toList());
        }
    }

    /**
     * The executions of a strategy, in its order, each as whose turn it was: some of those that it offers ahead of their turn are made when it
     * offers them, by one of several views of the names.
     *
     * @param views none: all are made in their turn
     */
    List<String> turns(Function<Names, Strategy> strategies, int views, Random random) {
        Names names = new Names().view();
        List<Names> others = Stream.generate(names::view).limit(views).toList();
        Strategy strategy = strategies.apply(names);
        Map<Chooser, Execution> made = new LinkedHashMap<>();
        List<String> turns = new ArrayList<>();
        for (Optional<Chooser> next = strategy.next(); next.isPresent(); next = strategy.next()) {
            for (Chooser ahead : strategy.ahead(views)) {
                if (random.nextBoolean()) {
                    made.computeIfAbsent(ahead, chooser -> execute(others.get(random.nextInt(views)), chooser));
                }
            }
            Execution execution = made.remove(next.get());
            if (execution == null) {
                execution = execute(names, next.get());
            }
            turns.add(Schedule.of(execution.steps(), names) + " " + execution.end() + " " + execution.findings());
        }
        assertThat(made).as("made ahead, and never asked for").isEmpty();
        return turns;
    }

    /** What the strategy says of its end after each execution. */
    List<Estimate> estimates(Function<Names, Strategy> strategies) {
        Names names = new Names();
        Strategy strategy = strategies.apply(names);
        List<Estimate> estimates = new ArrayList<>();
        for (Optional<Chooser> next = strategy.next(); next.isPresent(); next = strategy.next()) {
            execute(names, next.get());
            estimates.add(strategy.estimate().orElseThrow());
        }
        return estimates;
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
