package io.dmalab.core.plugin;

/**
 * How long a plugin's code may run without anything happening: seconds, in the system property {@code dmalab.stallSeconds}; 60 unless it
 * says otherwise, and 0 for no limit, as under a debugger. The one limit that looks at the user's clock, outside of every machine.
 */
public final class Stall {
    public static final String PROPERTY = "dmalab.stallSeconds";
    private static final int SECONDS = 60;

    private Stall() {}

    /** 0 or more. */
    public static int seconds() {
        return Math.max(0, Integer.getInteger(PROPERTY, SECONDS));
    }
}
