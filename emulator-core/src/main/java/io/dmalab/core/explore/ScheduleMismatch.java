package io.dmalab.core.explore;

import java.util.List;

/** It is the turn of a context that cannot go on: the schedule was made by another model, scenario or policy. */
public final class ScheduleMismatch extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int step;

    /** The same schedule led elsewhere within one exploration: a defect. */
    static IllegalStateException notDeterministic(int context, int step) {
        return new IllegalStateException("context " + context + " cannot go on at step " + step
                + " of a schedule in which it did: the model is not deterministic");
    }

    ScheduleMismatch(int step, String wanted, List<String> there) {
        super("step " + (step + 1) + " is that of context " + wanted + ", which cannot go on; those that can: " + String.join(", ", there));
        this.step = step + 1;
    }

    /** Number of the step that cannot be taken, from 1 on. */
    public int step() {
        return step;
    }
}
