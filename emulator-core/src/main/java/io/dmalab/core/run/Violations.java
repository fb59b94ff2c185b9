package io.dmalab.core.run;

import io.dmalab.api.observe.FindingRecord;
import io.dmalab.core.explore.Slice;
import io.dmalab.core.explore.Step;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What an exploration has found: the violations that differ, of each the shortest schedule that has been met. */
final class Violations {
    /**
     * A violation, and the shortest schedule to it.
     *
     * @param first as it was met first
     * @param best  what leads to it, in an order with few changes of context; all of the execution if it shows only at its end
     */
    record Found(Violation first, Slice.Order best) {
        private int steps() {
            return best.steps().size();
        }

        private int switches() {
            return best.switches();
        }
    }

    /** Which of the schedules to one violation is kept. */
    enum Keep {
        /** The first. */
        FIRST,
        /** The one with the fewest changes of context, and of those the one with the fewest steps. */
        FEWEST_CHANGES,
        /** The one with the fewest steps, as it was met: nothing is left out or put into another order. */
        FEWEST_STEPS;

        private Found better(Found known, Found other) {
            Comparator<Found> order = Comparator.comparingInt(Found::steps);
            return switch (this) {
                case FIRST -> known;
                case FEWEST_CHANGES -> Comparator.comparingInt(Found::switches).thenComparing(order).compare(other, known) < 0 ? other : known;
                case FEWEST_STEPS -> order.compare(other, known) < 0 ? other : known;
            };
        }
    }

    private final boolean all;
    private final Keep keep;
    private final Map<String, Found> found = new LinkedHashMap<>();

    /** @param all those that differ from the first are wanted, too */
    Violations(boolean all, Keep keep) {
        this.all = all || keep == Keep.FEWEST_STEPS;
        this.keep = keep;
    }

    /** Two violations are the same if the same code does the same to the same kind of object. */
    static String key(FindingRecord finding) {
        return finding.kind() + " " + finding.subject().replaceAll(" at [0-9a-f]+$", "") + " "
                + finding.detail().replaceAll("[0-9.]+ s after .*", "").replaceAll("\\[[0-9]+]", "");
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    /** In order of discovery; where the fewest steps are wanted in that order. */
    Stream<Found> stream() {
        Stream<Found> stream = found.values().stream();
        return keep == Keep.FEWEST_STEPS ? stream.sorted(Comparator.comparingInt(Found::steps)) : stream;
    }

    /**
     * Each finding of an execution with the steps that led to it.
     *
     * @param number of the execution, from 1 on
     * @return whether one showed only at the end, in no step
     */
    boolean add(Outcome outcome, long number) {
        List<FindingRecord> findings = outcome.findings();
        List<Step> steps = outcome.steps();
        int next = 0;
        for (int step = 0; step < steps.size(); step++) {
            for (int i = 0; i < steps.get(step).findings() && next < findings.size(); i++) {
                add(findings.get(next++), steps.subList(0, step + 1), true, number);
            }
        }
        // what shows only when nothing is left to happen
        boolean atEnd = next < findings.size();
        while (next < findings.size()) {
            add(findings.get(next++), steps, false, number);
        }
        return atEnd;
    }

    /** @param cause the last step does it */
    private void add(FindingRecord finding, List<Step> steps, boolean cause, long number) {
        String key = key(finding);
        Found known = found.get(key);
        if (known != null && keep == Keep.FIRST || known == null && !all && !found.isEmpty()) {
            return;
        }
        boolean whole = !cause || keep == Keep.FEWEST_STEPS;
        Slice.Order order = whole ? new Slice.Order(steps, false) : Slice.of(steps);
        if (known == null) {
            found.put(key, new Found(new Violation(finding, steps, number), order));
        } else {
            found.put(key, keep.better(known, new Found(known.first(), order)));
        }
    }
}
