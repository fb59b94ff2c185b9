package io.dmalab.core.kernel;

/** Why a machine's run ended. */
public enum StopReason {
    /** Nothing is left to happen: every task has ended or waits for something that cannot come. */
    IDLE("idle"),
    /** The virtual time limit. */
    TIME_LIMIT("time limit"),
    /** The limit on the number of events. */
    EVENT_LIMIT("event limit"),
    /** An oops in interrupt context: the kernel panics. */
    PANIC("panic");

    private final String text;

    StopReason(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
