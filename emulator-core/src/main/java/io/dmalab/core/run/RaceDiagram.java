package io.dmalab.core.run;

import io.dmalab.core.explore.Names;
import io.dmalab.core.explore.Slice;
import io.dmalab.core.explore.Step;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * A race as commit messages draw it: one column a context, time downwards, at most 73 characters wide, so that it can be indented in a mail. Shows the steps that must come
 * before or after one of another context; the number of steps between them stands as a dotted line.
 */
final class RaceDiagram {
    private static final int WIDTH = 73;
    private static final int COLUMNS_MAX = 4;
    private static final int GAP = 2;

    private final Violation violation;
    private final Names names;
    private final List<Integer> columns = new ArrayList<>();
    private final BitSet shown;
    private final List<String> lines = new ArrayList<>();

    RaceDiagram(Violation violation, Names names) {
        this.violation = violation;
        this.names = names;
        this.shown = Slice.telling(violation.steps(), names);
        for (int i = shown.nextSetBit(0); i >= 0; i = shown.nextSetBit(i + 1)) {
            int context = violation.steps().get(i).context();
            if (bears(violation.steps().get(i)) && !columns.contains(context)) {
                columns.add(context);
            }
        }
        // the latest matter: what only prepared the race is left to the schedule
        while (columns.size() > COLUMNS_MAX) {
            columns.removeFirst();
        }
    }

    /** A step that begins a context says only that it runs. */
    private static boolean bears(Step step) {
        return !step.action().isEmpty();
    }

    List<String> lines() {
        if (columns.isEmpty()) {
            return List.of("(none of the steps is an access that is listed: the race lies within steps)");
        }
        head();
        int left = 0;
        String function = "";
        int last = -1;
        for (int i = 0; i < violation.steps().size(); i++) {
            Step step = violation.steps().get(i);
            int column = columns.indexOf(step.context());
            if (!shown.get(i) || !bears(step) || column < 0) {
                left++;
                continue;
            }
            if (left > 0) {
                lines.add("");
                function = "";
            }
            left = 0;
            if (last != step.context() || !function.equals(step.function())) {
                put(column, step.function() + "()");
            }
            last = step.context();
            function = step.function();
            put(column, "  " + step.action());
        }
        put(columns.indexOf(last), "  ^ " + violation.finding().kind());
        return lines;
    }

    private void head() {
        StringBuilder cpus = new StringBuilder();
        StringBuilder tasks = new StringBuilder();
        StringBuilder rule = new StringBuilder();
        for (int context : columns) {
            pad(cpus, "CPU " + cpu(context));
            pad(tasks, names.contextName(context));
            pad(rule, "-".repeat(width() - GAP));
        }
        lines.add(cpus.toString().stripTrailing());
        lines.add(tasks.toString().stripTrailing());
        lines.add(rule.toString().stripTrailing());
    }

    private int cpu(int context) {
        return violation.steps().stream().filter(step -> step.context() == context).findFirst().orElseThrow().cpu();
    }

    private int width() {
        return WIDTH / Math.max(1, columns.size());
    }

    private void pad(StringBuilder line, String cell) {
        line.append(cell).append(" ".repeat(Math.max(1, width() - cell.length())));
    }

    private void put(int column, String text) {
        int room = WIDTH - column * width();
        String cell = text.length() > room ? text.substring(0, room - 1) + "~" : text;
        lines.add(" ".repeat(column * width()) + cell);
    }
}
