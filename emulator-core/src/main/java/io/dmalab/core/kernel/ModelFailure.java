package io.dmalab.core.kernel;

/** A defect of dmalab or of a plugin: model code threw something that is not a kernel oops. Ends the run. */
public final class ModelFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ModelFailure(String where, long timeNanos, Throwable cause) {
        super("defect in model code running as " + where + " at " + LogBuffer.stamp(timeNanos).strip() + " " + cause, cause);
    }
}
