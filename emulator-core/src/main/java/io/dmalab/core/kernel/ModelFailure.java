package io.dmalab.core.kernel;

/** A defect of dmalab or of a plugin: model code threw something that is not a kernel oops. Ends the run. */
public final class ModelFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String circumstances;

    ModelFailure(String where, long timeNanos, Throwable cause) {
        this("defect in model code ", "running as " + where + " at " + LogBuffer.stamp(timeNanos).strip() + " " + cause, cause);
    }

    private ModelFailure(String what, String circumstances, Throwable cause) {
        super(what + circumstances, cause);
        this.circumstances = circumstances;
    }

    /**
     * The same, and whose code it was.
     *
     * @param plugin names plugin, class and method
     * @param own    the plugin's code failed, not the core's that it called
     */
    public ModelFailure in(String plugin, boolean own) {
        return new ModelFailure((own ? "defect of " : "defect in model code called by ") + plugin + " ", circumstances, getCause());
    }
}
