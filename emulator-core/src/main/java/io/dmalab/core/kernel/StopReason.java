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
    PANIC("panic"),
    /** Exploring: somebody waits for what nobody can bring any more. */
    STUCK("stuck"),
    /** Exploring: a forbidden finding. */
    FINDING("finding"),
    /** Exploring: whoever chooses wants to see no more of this execution. */
    CHOSEN("cut off"),
    /** Exploring: what is left to happen lies behind the horizon. */
    BEYOND_HORIZON("horizon"),
    /** Exploring: more steps than an execution may have. */
    STEP_LIMIT("step limit");

    private final String text;

    StopReason(String text) {
        this.text = text;
    }

    /** An execution of an exploration that was ended while more could have happened: nothing can be said about what is left. */
    public boolean inTheMiddle() {
        return this == CHOSEN || this == FINDING || this == BEYOND_HORIZON || this == STEP_LIMIT;
    }

    @Override
    public String toString() {
        return text;
    }
}
