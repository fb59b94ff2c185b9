package io.dmalab.core.run;

import io.dmalab.api.observe.FindingRecord;
import io.dmalab.core.explore.Step;
import java.util.List;

/**
 * An interleaving that does harm.
 *
 * @param finding  what was found
 * @param steps    who did what until then, in order
 * @param execution number of the execution that showed it, from 1
 */
public record Violation(FindingRecord finding, List<Step> steps, long execution) {
    public Violation {
        steps = List.copyOf(steps);
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
