package io.dmalab.core.run;

import io.dmalab.api.observe.FindingRecord;
import io.dmalab.core.explore.Step;
import java.util.List;
import java.util.Optional;

/**
 * An interleaving that does harm.
 *
 * @param finding  what was found
 * @param steps    who did what until then, in order
 * @param execution number of the execution that showed it, from 1
 * @param shortness what is known of shorter ones
 * @param token     what {@code dmalab replay} takes to show it again; empty if too many contexts take part for a token to hold
 */
public record Violation(FindingRecord finding, List<Step> steps, long execution, Shortness shortness,
        Optional<ScheduleToken> token) {
    public Violation {
        steps = List.copyOf(steps);
    }

    Violation(FindingRecord finding, List<Step> steps, long execution) {
        this(finding, steps, execution, Shortness.AS_FOUND, Optional.empty());
    }

    Violation with(Optional<ScheduleToken> replay) {
        return new Violation(finding, steps, execution, shortness, replay);
    }

    /** This one by another schedule. */
    Violation shorter(Violation other, Shortness known) {
        return new Violation(other.finding, other.steps, execution, known, token);
    }

    /** Times the CPU went from one context to another. */
    public int switches() {
        int switches = 0;
        for (int i = 1; i < steps.size(); i++) {
            switches += steps.get(i).context() == steps.get(i - 1).context() ? 0 : 1;
        }
        return switches;
    }
}
