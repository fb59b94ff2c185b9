package io.dmalab.cli.report;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.observe.FindingRecord;
import io.dmalab.api.observe.FindingRecord.Stack;
import io.dmalab.core.life.MappingTimeline;
import io.dmalab.core.life.MappingTimeline.Milestone;
import io.dmalab.core.run.RunResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A run's use after free as commit messages draw a race: on the left who freed, on the right who came too late, time downwards, at most 75
 * characters wide. Every line is of the run itself: steps of the removal from its trace, functions from the finding's stacks.
 */
public final class RunRace {
    private static final int WIDTH = 75;
    private static final int COLUMN = 38;
    private static final int GAP = 2;
    /** Of a stack; further out is how any task came to run. */
    private static final int FUNCTIONS_MAX = 6;
    private static final int STEPS_MAX = 8;

    private final Stack accessed;
    private final Stack freed;
    private final List<String> lines = new ArrayList<>();

    private RunRace(Stack accessed, Stack freed) {
        this.accessed = accessed;
        this.freed = freed;
    }

    /**
     * The first use after free of the run.
     *
     * @param timeline what observed the run
     * @return empty if there was none, or its memory kept no stack of who freed it
     */
    public static List<String> lines(RunResult result, MappingTimeline timeline) {
        Optional<FindingRecord> found = result.finding(FindingKind.USE_AFTER_FREE);
        Optional<Stack> accessed = found.flatMap(finding -> stack(finding, "accessed by"));
        Optional<Stack> freed = found.flatMap(finding -> stack(finding, "freed by"));
        if (accessed.isEmpty() || freed.isEmpty()) {
            return List.of();
        }
        long start = result.removals().stream().mapToLong(removal -> removal.startNanos()).filter(time -> time <= freed.get().timeNanos()).max().orElse(0);
        RunRace race = new RunRace(accessed.get(), freed.get());
        race.draw(found.get(), timeline.milestonesSince(start), start);
        return race.lines;
    }

    private static Optional<Stack> stack(FindingRecord finding, String title) {
        return finding.stacks().stream().filter(stack -> stack.title().equals(title) && !stack.functions().isEmpty()).findFirst();
    }

    private void draw(FindingRecord finding, List<Milestone> milestones, long start) {
        both(freed.task(), accessed.task());
        both("-".repeat(COLUMN - GAP), "-".repeat(COLUMN - GAP));
        List<Milestone> before = milestones.stream().filter(step -> step.timeNanos() < freed.timeNanos()).toList();
        int left = Math.max(0, before.size() - STEPS_MAX);
        if (left > 0) {
            left("... " + left + " steps");
        }
        before.subList(left, before.size()).forEach(step -> step(step, start));
        left(since(freed.timeNanos(), start).strip());
        calls(freed, true);
        left("  " + "free " + finding.subject().replaceAll(" at [0-9a-f]+$", ""));
        milestones.stream().filter(step -> step.timeNanos() >= freed.timeNanos() && step.timeNanos() < accessed.timeNanos())
                .forEach(step -> step(step, start));
        both("", "");
        right(since(accessed.timeNanos(), start).strip());
        calls(accessed, false);
        right("  ^ " + finding.kind());
    }

    /** A step in the column of who took it; one of somebody else is the removal's. */
    private void step(Milestone step, long start) {
        String text = since(step.timeNanos(), start) + step.text();
        if (step.by().equals(freed.task())) {
            left(text);
        } else if (step.by().equals(accessed.task())) {
            right(text);
        } else {
            left(text + " (" + step.by() + ")");
        }
    }

    /** The innermost functions, the caller above the called. */
    private void calls(Stack stack, boolean onLeft) {
        List<String> functions = stack.functions();
        for (int i = Math.min(FUNCTIONS_MAX, functions.size()) - 1; i >= 0; i--) {
            String call = functions.get(i) + "()";
            if (onLeft) {
                left(call);
            } else {
                right(call);
            }
        }
    }

    private static String since(long nanos, long start) {
        return String.format(Locale.ROOT, "%+.6f ", (nanos - start) / 1e9);
    }

    private void left(String text) {
        both(text, "");
    }

    private void right(String text) {
        both("", text);
    }

    private void both(String onLeft, String onRight) {
        String line = onRight.isEmpty() ? onLeft : String.format(Locale.ROOT, "%-" + COLUMN + "s", cut(onLeft, COLUMN - GAP)) + onRight;
        lines.add(cut(line.stripTrailing(), WIDTH));
    }

    private static String cut(String text, int width) {
        return text.length() <= width ? text : text.substring(0, width - 1) + "~";
    }
}
