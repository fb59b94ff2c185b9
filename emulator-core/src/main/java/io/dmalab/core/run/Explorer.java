package io.dmalab.core.run;

import io.dmalab.api.observe.FindingRecord;
import io.dmalab.core.explore.Chooser;
import io.dmalab.core.explore.Harm;
import io.dmalab.core.explore.Names;
import io.dmalab.core.explore.Plan;
import io.dmalab.core.explore.Recorder;
import io.dmalab.core.explore.Replay;
import io.dmalab.core.explore.Sampling;
import io.dmalab.core.explore.Sampling.Shape;
import io.dmalab.core.explore.Schedule;
import io.dmalab.core.explore.ScheduleMismatch;
import io.dmalab.core.explore.Setup;
import io.dmalab.core.explore.Slice;
import io.dmalab.core.explore.Step;
import io.dmalab.core.explore.Strategy;
import io.dmalab.core.explore.Verdict;
import io.dmalab.core.explore.World;
import io.dmalab.core.kernel.StopReason;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.scenario.Scenario;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Runs one machine again and again, each time with another order of steps. On a platform thread. */
public final class Explorer {
    /** Runs a machine once. */
    @FunctionalInterface
    public interface Execution {
        RunResult run(Setup setup);
    }

    /** Says what replays a schedule of this exploration. */
    @FunctionalInterface
    public interface Tokens {
        ScheduleToken of(Schedule schedule);
    }

    /** Told after every execution. */
    @FunctionalInterface
    public interface Watch {
        Watch NONE = (executions, steps, depth) -> true;

        /** False ends the exploration, which says then what it knows. */
        boolean executed(long executions, long steps, int depth);
    }

    private final Scenario scenario;
    private final World world;
    private final Plan plan;
    private final Execution execution;
    private final Tokens tokens;
    private final Watch watch;
    private final int jobs;
    private final Names names = new Names();
    private final Map<String, Violation> violations = new LinkedHashMap<>();
    private long executions;
    private long cut;
    private long steps;
    private int longest;
    private String missing = "";
    private boolean limited;

    /** @param jobs machines that run at the same time where the strategy allows that; the result does not depend on it */
    public Explorer(Scenario scenario, Plan plan, Execution execution, Tokens tokens, Watch watch, int jobs) {
        this.scenario = scenario;
        this.world = scenario.exploration().world();
        this.plan = plan.fitting(scenario.exploration().states());
        this.execution = execution;
        this.tokens = tokens;
        this.watch = watch;
        this.jobs = jobs;
    }

    /** @param policy name of the policy, for the result */
    public Exploration explore(String policy) {
        long start = System.nanoTime();
        Strategy strategy = plan.make(names, scenario.exploration().states());
        boolean exhausted = strategy instanceof Sampling sampling ? sample(sampling, start) : search(strategy, start);
        Verdict verdict = !violations.isEmpty() ? Verdict.VIOLATION : exhausted && !limited ? Verdict.SAFE : Verdict.BOUND_REACHED;
        String left = limited ? "executions longer than " + plan.steps() + " steps" : missing;
        return new Exploration(scenario.id(), policy, verdict, executions, cut, steps, longest, strategy.guarantee(), left,
                strategy.coverage(), wanted().map(this::minimised).map(this::replayable).toList(), System.nanoTime() - start, names);
    }

    /** One execution after the other, each chosen by what those before have shown. @return whether none is left */
    private boolean search(Strategy strategy, long start) {
        while (goesOn()) {
            Optional<Chooser> chooser = strategy.next();
            if (chooser.isEmpty()) {
                return strategy.exhaustive();
            }
            Recorder recorder = new Recorder(chooser.get());
            RunResult result = execution.run(setup(names, recorder, false));
            count(result.end(), recorder.steps().size());
            if (!strategy.triesMoves() && recorder.steps().stream().anyMatch(step -> step.move() != null)) {
                throw BadInput.of("--strategy", "scenario " + scenario.id() + " has choices, each move of which this strategy does not try",
                        "use stateful, shortest or random");
            }
            strategy.ended(collect(result, recorder.steps()));
            missing = limit(start);
        }
        return false;
    }

    /** Several at the same time. @return false: some interleaving is always left */
    private boolean sample(Sampling sampling, long start) {
        try (Samples samples = new Samples(jobs, !plan.findAll(), world.harm(), (own, chooser) -> execution.run(setup(own, chooser, false)))) {
            long number = 0;
            for (int block = 1; goesOn(); block = Math.min(2 * block, Samples.BLOCK_MAX)) {
                int size = (int) Math.min(block, plan.executions() - executions);
                Shape known = sampling.shape();
                samples.block(sampling, number, size, (execution, outcome) -> sampled(sampling, known, execution, outcome, start));
                number += size;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            missing = "all after the interruption";
        }
        return false;
    }

    private boolean sampled(Sampling sampling, Shape known, long number, Samples.Outcome outcome, long start) {
        count(outcome.end(), outcome.shape().steps());
        if (!violations.keySet().containsAll(outcome.findings().stream().map(Explorer::key).toList())) {
            // again, with the numbers that this exploration has for contexts and places
            Recorder recorder = new Recorder(sampling.execution(number, known));
            collect(execution.run(setup(names, recorder, false)), recorder.steps());
        }
        missing = limit(start);
        return goesOn();
    }

    private boolean goesOn() {
        return missing.isEmpty() && (violations.isEmpty() || plan.findAll() || plan.strategy() == Plan.Kind.SHORTEST);
    }

    /**
     * The schedule again, with every step in words.
     *
     * @param wanted kind of violation, as {@link #key} has it; empty for the first there is
     * @return empty if it does no such harm here
     * @throws ScheduleMismatch if it cannot be followed
     */
    private Optional<Violation> replay(Schedule schedule, String wanted) {
        Recorder recorder = new Recorder(new Replay(schedule, names));
        RunResult result = execution.run(setup(names, recorder, true));
        return forbidden(result, world.harm()).filter(finding -> wanted.isEmpty() || key(finding).equals(wanted)).findFirst()
                .map(finding -> new Violation(finding, recorder.steps(), 0));
    }

    /** A schedule again, as a result of its own. @throws ScheduleMismatch if it cannot be followed */
    public Exploration follow(String policy, Schedule schedule) {
        long start = System.nanoTime();
        Optional<Violation> violation = replay(schedule, "");
        int length = violation.map(v -> v.steps().size()).orElse(schedule.turns().size());
        Verdict verdict = violation.isPresent() ? Verdict.VIOLATION : Verdict.BOUND_REACHED;
        return new Exploration(scenario.id(), policy, verdict, 1, 0, length, length, "one schedule", "every other schedule",
                Optional.empty(), violation.map(this::replayable).stream().toList(), System.nanoTime() - start, names);
    }

    private Setup setup(Names numbers, Chooser chooser, boolean narrate) {
        boolean stops = !narrate && (!plan.findAll() || plan.strategy().matchesStates());
        return new Setup(numbers, chooser, world, plan.steps(), stops, narrate);
    }

    private void count(String end, int length) {
        steps += length;
        longest = Math.max(longest, length);
        limited |= end.equals(StopReason.STEP_LIMIT.toString());
        if (!plan.strategy().matchesStates() && end.equals(StopReason.CHOSEN.toString())) {
            cut++;
        } else {
            executions++;
        }
    }

    private String limit(long start) {
        if (executions >= plan.executions()) {
            return "more than " + plan.executions() + " executions";
        }
        if (System.nanoTime() - start > plan.time().toNanos()) {
            return "more than " + plan.time().toSeconds() + " s";
        }
        return watch.executed(executions, steps, longest) ? "" : "all after the interruption";
    }

    /** Each forbidden finding of the execution with the steps that led to it. @return whether one showed only at the end */
    private boolean collect(RunResult result, List<Step> all) {
        List<FindingRecord> findings = forbidden(result, world.harm()).toList();
        int next = 0;
        for (int step = 0; step < all.size(); step++) {
            for (int i = 0; i < all.get(step).findings() && next < findings.size(); i++) {
                FindingRecord finding = findings.get(next++);
                found(new Violation(finding, all.subList(0, step + 1), executions));
            }
        }
        // what shows only when nothing is left to happen
        boolean atEnd = next < findings.size();
        while (next < findings.size()) {
            FindingRecord finding = findings.get(next++);
            found(new Violation(finding, all, executions));
        }
        return atEnd;
    }

    private void found(Violation violation) {
        boolean shortest = plan.strategy() == Plan.Kind.SHORTEST;
        violations.merge(key(violation.finding()), violation,
                (known, other) -> shortest && other.steps().size() < known.steps().size() ? other : known);
    }

    /** Those that differ; only the shortest if that was asked for. */
    private Stream<Violation> wanted() {
        Stream<Violation> all = violations.values().stream();
        return plan.strategy() != Plan.Kind.SHORTEST || plan.findAll() ? all
                : all.sorted(Comparator.comparingInt(violation -> violation.steps().size())).limit(1);
    }

    /** Two violations are the same if the same code does the same to the same kind of object. */
    private static String key(FindingRecord finding) {
        return finding.kind() + " " + finding.subject().replaceAll(" at [0-9a-f]+$", "") + " "
                + finding.detail().replaceAll("[0-9.]+ s after .*", "").replaceAll("\\[[0-9]+]", "");
    }

    static Stream<FindingRecord> forbidden(RunResult result, Harm harm) {
        return result.findings().stream().filter(finding -> harm.is(finding.kind()));
    }

    /** Only what leads to the harm, with as few changes of context as that allows; the original if that does not show the same. */
    private Violation minimised(Violation found) {
        String wanted = key(found.finding());
        Optional<Violation> shorter = Optional.empty();
        try {
            if (plan.strategy() != Plan.Kind.SHORTEST) {
                shorter = replay(Schedule.of(Slice.of(found.steps()), names), wanted);
            }
        } catch (ScheduleMismatch e) {
            // a step of the slice depends on one that no access tells of: the whole schedule stays
        }
        return shorter.or(() -> replay(Schedule.of(found.steps(), names), wanted))
                .map(violation -> new Violation(violation.finding(), violation.steps(), found.execution())).orElse(found);
    }

    private Violation replayable(Violation violation) {
        return violation.with(Optional.of(Schedule.of(violation.steps(), names)).filter(Schedule::writable).map(tokens::of));
    }
}
