package io.dmalab.cli;

import io.dmalab.api.config.Span;
import io.dmalab.core.explore.Plan;
import io.dmalab.core.explore.Verdict;
import io.dmalab.core.scenario.Scenario;
import java.util.List;
import java.util.Locale;

/** What a verdict holds within, in words: on the terminal, in a mail and on a page no verdict stands without it. */
record ExplorationBounds(Plan plan) {
    /** What a step is: {@code accesses to iommu_table, it_map}. */
    String points(Scenario scenario) {
        List<String> types = scenario.exploration().steps();
        return types.isEmpty() ? "every access" : "accesses to " + String.join(", ", types);
    }

    /** How far an execution goes. */
    String limits(Scenario scenario) {
        Span horizon = scenario.exploration().horizon();
        String time = horizon.isForever() ? "none in time" : "nothing happens later than " + horizon + " after the first step";
        return String.format(Locale.ROOT, "%s; at most %,d steps an execution", time, plan.steps());
    }

    /** Both. */
    String all(Scenario scenario) {
        return "steps are " + points(scenario) + "; " + limits(scenario);
    }

    /** The verdict, which is one within these bounds, and with what a strategy leaves out besides: what is safe is only what was looked at. */
    String verdict(Verdict verdict) {
        return verdict == Verdict.SAFE && plan.strategy() == Plan.Kind.PREEMPTIONS
                ? verdict + " up to " + Figures.plural(plan.bound(), "preemption", "preemptions") : verdict.toString();
    }
}
