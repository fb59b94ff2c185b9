package io.dmalab.core.kernel;

/** Why a machine's run ended. */
public enum StopReason {
    /** Nothing is left to happen: every task has ended or waits for something that cannot come. */
    IDLE,
    /** The virtual time limit. */
    TIME_LIMIT,
    /** The limit on the number of events. */
    EVENT_LIMIT
}
