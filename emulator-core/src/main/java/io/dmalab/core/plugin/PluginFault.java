package io.dmalab.core.plugin;

/** A plugin did what none may do: it does not come back, or leaves a thread behind. */
public final class PluginFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public PluginFault(String message) {
        super(message);
    }
}
