package io.dmalab.core.explore;

import java.util.List;

/** It is the turn of a context that cannot go on: the schedule was made by another model, scenario or policy. */
public final class ScheduleMismatch extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ScheduleMismatch(int step, String wanted, List<String> there) {
        super("step " + (step + 1) + " is that of context " + wanted + ", which cannot go on; those that can: " + String.join(", ", there));
    }
}
