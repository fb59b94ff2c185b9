package io.dmalab.core.explore;

/** A schedule asks for a context that cannot go on: it was made by another model, scenario or policy. */
public final class ScheduleMismatch extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int step;

    ScheduleMismatch(int step, int context) {
        super("at step " + step + " the schedule goes on with context " + context + ", which cannot");
        this.step = step;
    }

    /** Steps that agreed. */
    public int step() {
        return step;
    }
}
