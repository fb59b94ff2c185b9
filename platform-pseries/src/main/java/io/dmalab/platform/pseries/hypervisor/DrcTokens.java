package io.dmalab.platform.pseries.hypervisor;

/** Numbers of the indicators, the sensor and the power domain of dynamic reconfiguration (facts: dlpar-and-notifiers.md 2). */
public final class DrcTokens {
    /** Indicator: 0 isolated, 1 not. */
    public static final int ISOLATION_STATE = 9001;
    /** Indicator: the slot's light; 0 off, 1 on. */
    public static final int DR_INDICATOR = 9002;
    /** Indicator: 0 unusable, 1 usable. */
    public static final int ALLOCATION_STATE = 9003;
    /** Sensor: what is in a connector. */
    public static final int DR_ENTITY_SENSE = 9003;
    /** Power domain of every slot that can be changed while the machine runs. */
    public static final int LIVE_INSERTION_DOMAIN = -1;

    private DrcTokens() {}
}
