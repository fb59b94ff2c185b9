package io.dmalab.api.observe;

/** Sees the event stream of one run, in order. Called on the machine's thread; must not touch the machine. */
public interface Observer {
    default void event(TraceRecord event) {}

    default void log(LogLine line) {}

    /** A new finding; later occurrences of the same one are only counted. */
    default void finding(FindingRecord finding) {}

    /** True if {@link #event} is wanted; without it no records are built. */
    default boolean wantsEvents() {
        return false;
    }
}
