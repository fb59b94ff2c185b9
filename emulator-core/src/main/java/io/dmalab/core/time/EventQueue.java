package io.dmalab.core.time;

/** The pending events of one machine, in the total order time, priority, sequence of scheduling. */
public interface EventQueue {
    /** Time of the event polled last; 0 before the first. */
    long now();

    /**
     * @param at       nanoseconds, not before {@link #now()}
     * @param priority 0 to 3, smaller first at one instant
     * @param ctx      a word for the caller, 0 to 2^20 - 1
     * @return handle for {@link #cancel}
     */
    long schedule(long at, int priority, int ctx, Object what, long word);

    /** Removes a pending event; false if it was polled or cancelled before. */
    boolean cancel(long handle);

    /** Takes the earliest event out; its parts are then in the accessors. False if there is none. */
    boolean poll();

    /** Word given when the polled event was scheduled. */
    long arg();

    /** What the polled event is for. */
    Object target();

    /** The caller's other word. */
    int ctx();
}
