package io.dmalab.core.run;

import io.dmalab.api.observe.FindingRecord;
import io.dmalab.core.explore.Chooser;
import io.dmalab.core.explore.Estimate;
import io.dmalab.core.explore.Names;
import io.dmalab.core.explore.Plan;
import io.dmalab.core.explore.Recorder;
import io.dmalab.core.explore.Replay;
import io.dmalab.core.explore.Sampling;
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
import java.util.List;
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
        Watch NONE = seen -> true;

        /** False ends the exploration, which says then what it knows. */
        boolean executed(Seen seen);
    }

    /**
     * How far an exploration has come.
     *
     * @param steps    of all executions
     * @param longest  steps of the longest one
     * @param estimate of the whole, where the strategy can make one
     */
    public record Seen(long executions, long steps, int longest, Optional<Estimate> estimate) {}

    private static final String INTERRUPTED = "all after the interruption";

    private final Scenario scenario;
    private final World world;
    private final Plan plan;
    private final Execution execution;
    private final Tokens tokens;
    private final Watch watch;
    private final int jobs;
    private final Names names = new Names().view();
    private final Violations violations;
    private long executions;
    private long cut;
    private long steps;
    private int longest;
    /** Executions behind the first violation, for a shorter schedule to it. */
    private long further;
    /** The machine has broken down in one: what others would have done is not known. */
    private boolean halted;
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
        this.violations = new Violations(this.plan.findAll(), switch (this.plan.strategy()) {
            case SHORTEST -> Violations.Keep.FEWEST_STEPS;
            case EXHAUSTIVE -> Violations.Keep.FEWEST_CHANGES;
            default -> Violations.Keep.FIRST;
        });
    }

    /** @param policy name of the policy, for the result */
    public Exploration explore(String policy) {
        long start = System.nanoTime();
        Strategy strategy = plan.make(names, scenario.exploration().states());
        boolean exhausted = strategy instanceof Sampling sampling ? sample(sampling, start) : search(strategy, start);
        Verdict verdict = !violations.isEmpty() ? Verdict.VIOLATION : exhausted && !limited ? Verdict.SAFE : Verdict.BOUND_REACHED;
        String left = limited ? "executions longer than " + plan.steps() + " steps" : missing;
        Shortness proved = proved(exhausted);
        return new Exploration(scenario.id(), policy, verdict, executions, cut, steps, longest, further,
                verdict == Verdict.BOUND_REACHED && executions > 0 ? strategy.guarantee(executions) : strategy.guarantee(), left,
                strategy.coverage(), missing.isEmpty() ? Optional.empty() : strategy.estimate(), wanted().map(found -> minimised(found, proved)).map(this::replayable).toList(),
                System.nanoTime() - start, names);
    }

    /** What holds for what was found, if its schedule can be followed. */
    private Shortness proved(boolean exhausted) {
        return switch (plan.strategy()) {
            case SHORTEST -> missing.isEmpty() ? Shortness.FEWEST_STEPS : Shortness.AS_FOUND;
            case EXHAUSTIVE -> exhausted && !limited && !halted ? Shortness.FEWEST_CHANGES : Shortness.SHORTENED;
            default -> Shortness.SHORTENED;
        };
    }

    /** One execution after the other, each chosen by what those before have shown. @return whether none is left */
    private boolean search(Strategy strategy, long start) {
        try (Ahead ahead = new Ahead(jobs, names, this::execute)) {
            while (goesOn()) {
                Optional<Chooser> chooser = strategy.next();
                if (chooser.isEmpty()) {
                    return strategy.exhaustive();
                }
                Outcome outcome = ahead.of(chooser.get(), strategy.ahead(ahead.most()));
                count(outcome);
                if (!strategy.triesMoves() && outcome.steps().stream().anyMatch(step -> step.move() != null)) {
                    throw BadInput.of("--strategy", "scenario " + scenario.id() + " has choices, each move of which this strategy does not try",
                            "use stateful, shortest or random");
                }
                strategy.ended(violations.add(outcome, executions));
                missing = limit(start, strategy);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            missing = INTERRUPTED;
        }
        return false;
    }

    /** Several at the same time. @return false: some interleaving is always left */
    private boolean sample(Sampling sampling, long start) {
        try (Samples samples = new Samples(jobs, names, !plan.findAll(), this::execute)) {
            long number = 0;
            for (int block = 1; goesOn(); block = Math.min(2 * block, Samples.BLOCK_MAX)) {
                int size = (int) Math.min(block, plan.executions() - executions);
                samples.block(sampling, number, size, outcome -> {
                    count(outcome);
                    violations.add(outcome, executions);
                    missing = limit(start, sampling);
                    return goesOn();
                });
                number += size;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            missing = INTERRUPTED;
        }
        return false;
    }

    /** Any thread. */
    private Outcome execute(Names own, Chooser chooser) {
        Recorder recorder = new Recorder(chooser);
        RunResult result = execution.run(setup(own, recorder, false));
        return new Outcome(result.end(), recorder.steps(), forbidden(result).toList());
    }

    private boolean goesOn() {
        return missing.isEmpty() && (violations.isEmpty() || plan.findAll() || plan.strategy() == Plan.Kind.SHORTEST
                || shortens() && further < plan.shorten());
    }

    /** Whether executions behind a violation look for a shorter schedule to it. They go on after it, so that all can be seen. */
    private boolean shortens() {
        return plan.strategy() == Plan.Kind.EXHAUSTIVE && !plan.findAll() && plan.shorten() > 0;
    }

    /**
     * The schedule again, with every step in words.
     *
     * @param wanted kind of violation, as {@link Violations#key} has it; empty for the first there is
     * @return empty if it does no such harm here
     * @throws ScheduleMismatch if it cannot be followed
     */
    private Optional<Violation> replay(Schedule schedule, String wanted) {
        Recorder recorder = new Recorder(new Replay(schedule, names));
        RunResult result = execution.run(setup(names, recorder, true));
        return forbidden(result).filter(finding -> wanted.isEmpty() || Violations.key(finding).equals(wanted)).findFirst()
                .map(finding -> new Violation(finding, recorder.steps(), 1));
    }

    /** A schedule again, as a result of its own. @throws ScheduleMismatch if it cannot be followed */
    public Exploration follow(String policy, Schedule schedule) {
        long start = System.nanoTime();
        Optional<Violation> violation = replay(schedule, "");
        int length = violation.map(v -> v.steps().size()).orElse(schedule.turns().size());
        Verdict verdict = violation.isPresent() ? Verdict.VIOLATION : Verdict.BOUND_REACHED;
        return new Exploration(scenario.id(), policy, verdict, 1, 0, length, length, 0, "one schedule", "every other schedule",
                Optional.empty(), Optional.empty(), violation.map(this::replayable).stream().toList(), System.nanoTime() - start, names);
    }

    private Setup setup(Names numbers, Chooser chooser, boolean narrate) {
        boolean stops = !narrate && (!plan.findAll() && !shortens() || plan.strategy().matchesStates());
        return new Setup(numbers, chooser, world, plan.steps(), stops, narrate);
    }

    private void count(Outcome outcome) {
        int length = outcome.steps().size();
        String end = outcome.end();
        halted |= end.equals(StopReason.PANIC.toString());
        limited |= end.equals(StopReason.STEP_LIMIT.toString());
        if (!violations.isEmpty() && shortens()) {
            further++;
            return;
        }
        steps += length;
        longest = Math.max(longest, length);
        if (!plan.strategy().matchesStates() && end.equals(StopReason.CHOSEN.toString())) {
            cut++;
        } else {
            executions++;
        }
    }

    private String limit(long start, Strategy strategy) {
        if (executions >= plan.executions()) {
            return "more than " + plan.executions() + " executions";
        }
        if (System.nanoTime() - start > plan.time().toNanos()) {
            return "more than " + plan.time().toSeconds() + " s";
        }
        return watch.executed(new Seen(executions, steps, longest, strategy.estimate())) ? "" : INTERRUPTED;
    }

    /** Those that differ; only the shortest if that was asked for. */
    private Stream<Violations.Found> wanted() {
        return plan.strategy() != Plan.Kind.SHORTEST || plan.findAll() ? violations.stream() : violations.stream().limit(1);
    }

    private Stream<FindingRecord> forbidden(RunResult result) {
        return result.findings().stream().filter(finding -> world.harm().is(finding.kind()));
    }

    /** Only what leads to the harm, with as few changes of context as that allows; as it was met if that does not show the same. */
    private Violation minimised(Violations.Found found, Shortness proved) {
        String wanted = Violations.key(found.first().finding());
        Shortness shortness = found.best().fewest() || proved == Shortness.FEWEST_STEPS ? proved : Shortness.SHORTENED;
        return again(found.best().steps(), wanted).map(violation -> found.first().shorter(violation, shortness))
                .or(() -> again(Slice.of(found.first().steps()).steps(), wanted).map(v -> found.first().shorter(v, Shortness.SHORTENED)))
                .or(() -> again(found.first().steps(), wanted).map(v -> found.first().shorter(v, Shortness.AS_FOUND)))
                .orElse(found.first());
    }

    /** Empty if a step depends on one that is left out, which no access tells of. */
    private Optional<Violation> again(List<Step> schedule, String wanted) {
        try {
            return replay(Schedule.of(schedule, names), wanted);
        } catch (ScheduleMismatch e) {
            return Optional.empty();
        }
    }

    private Violation replayable(Violation violation) {
        return violation.with(Optional.of(Schedule.of(violation.steps(), names)).filter(Schedule::writable).map(tokens::of));
    }
}
