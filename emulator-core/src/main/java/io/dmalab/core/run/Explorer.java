package io.dmalab.core.run;

import io.dmalab.api.kernel.Grade;
import io.dmalab.api.observe.FindingRecord;
import io.dmalab.core.explore.Chooser;
import io.dmalab.core.explore.Names;
import io.dmalab.core.explore.Plan;
import io.dmalab.core.explore.Replay;
import io.dmalab.core.explore.Setup;
import io.dmalab.core.explore.Slice;
import io.dmalab.core.explore.Step;
import io.dmalab.core.explore.Strategy;
import io.dmalab.core.explore.Verdict;
import io.dmalab.core.kernel.StopReason;
import io.dmalab.core.scenario.Scenario;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Runs one machine again and again, each time with another order of steps. On one platform thread. */
public final class Explorer {
    /** Runs a machine once. */
    @FunctionalInterface
    public interface Execution {
        RunResult run(Setup setup);
    }

    /** Told after every execution. */
    @FunctionalInterface
    public interface Watch {
        Watch NONE = (executions, steps, depth) -> true;

        /** False ends the exploration, which says then what it knows. */
        boolean executed(long executions, long steps, int depth);
    }

    private final Scenario scenario;
    private final Plan plan;
    private final Execution execution;
    private final Watch watch;
    private final Names names = new Names();
    private final Map<String, Violation> violations = new LinkedHashMap<>();
    private long executions;
    private long cut;
    private long steps;
    private int longest;
    private String missing = "";

    public Explorer(Scenario scenario, Plan plan, Execution execution, Watch watch) {
        this.scenario = scenario;
        this.plan = plan;
        this.execution = execution;
        this.watch = watch;
    }

    /** @param policy name of the policy, for the result */
    public Exploration explore(String policy) {
        long start = System.nanoTime();
        Strategy strategy = plan.make();
        boolean exhausted = false;
        boolean limited = false;
        while (missing.isEmpty()) {
            Optional<Chooser> chooser = strategy.next();
            if (chooser.isEmpty()) {
                exhausted = strategy.exhaustive();
                break;
            }
            Recorder recorder = new Recorder(chooser.get());
            RunResult result = execution.run(setup(recorder, false));
            limited |= result.end().equals(StopReason.STEP_LIMIT.toString());
            count(result, recorder);
            boolean found = violation(result, recorder);
            if (found && !plan.findAll()) {
                break;
            }
            missing = limit(start);
        }
        Verdict verdict = !violations.isEmpty() ? Verdict.VIOLATION : exhausted && !limited ? Verdict.SAFE : Verdict.BOUND_REACHED;
        String left = limited ? "executions longer than " + plan.steps() + " steps" : missing;
        return new Exploration(scenario.id(), policy, verdict, executions, cut, steps, longest, strategy.guarantee(), left,
                violations.values().stream().map(this::minimised).toList(), System.nanoTime() - start, names);
    }

    /** The schedule again, with every step in words. */
    public Optional<Violation> replay(int[] schedule) {
        Recorder recorder = new Recorder(new Replay(schedule).next().orElseThrow());
        RunResult result = execution.run(setup(recorder, true));
        return worst(result).map(finding -> new Violation(finding, recorder.steps, 0));
    }

    private Setup setup(Chooser chooser, boolean narrate) {
        Scenario.Exploration how = scenario.exploration();
        return new Setup(names, chooser, Set.copyOf(how.steps()), how.horizon().nanos(), plan.steps(), narrate);
    }

    private void count(RunResult result, Recorder recorder) {
        steps += recorder.steps.size();
        longest = Math.max(longest, recorder.steps.size());
        if (result.end().equals(StopReason.CHOSEN.toString())) {
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

    private boolean violation(RunResult result, Recorder recorder) {
        Optional<FindingRecord> finding = worst(result);
        finding.ifPresent(record -> violations.putIfAbsent(key(record), new Violation(record, recorder.steps, executions)));
        return finding.isPresent();
    }

    /** Two violations are the same if the same code does the same to the same kind of object. */
    private static String key(FindingRecord finding) {
        return finding.kind() + " " + finding.subject().replaceAll(" at [0-9a-f]+$", "") + " "
                + finding.detail().replaceAll("[0-9.]+ s after .*", "").replaceAll("\\[[0-9]+]", "");
    }

    private static Optional<FindingRecord> worst(RunResult result) {
        return result.findings().stream().filter(finding -> finding.kind().grade() == Grade.FORBIDDEN).findFirst();
    }

    /** Only what leads to the harm, with as few changes of context as that allows; the original if that does not show the same. */
    private Violation minimised(Violation found) {
        Optional<Violation> told = replay(found.schedule());
        Optional<Violation> shorter = Optional.empty();
        try {
            shorter = replay(Slice.of(found.steps()));
        } catch (io.dmalab.core.explore.ScheduleMismatch e) {
            // a step of the slice depends on one that no access tells of: the whole schedule stays
        }
        return shorter.filter(violation -> key(violation.finding()).equals(key(found.finding()))).or(() -> told)
                .map(violation -> new Violation(violation.finding(), violation.steps(), found.execution())).orElse(found);
    }

    /** Notes who was chosen and what came of it. */
    private static final class Recorder implements Chooser {
        private final Chooser chooser;
        private final List<Step> steps = new ArrayList<>();

        Recorder(Chooser chooser) {
            this.chooser = chooser;
        }

        @Override
        public int choose(List<? extends Candidate> enabled, int depth) {
            return chooser.choose(enabled, depth);
        }

        @Override
        public void executed(Step step) {
            steps.add(step);
            chooser.executed(step);
        }
    }
}
