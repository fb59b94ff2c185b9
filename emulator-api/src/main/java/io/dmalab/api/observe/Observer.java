package io.dmalab.api.observe;

import java.util.List;
import java.util.function.Supplier;

/**
 * Sees the event stream of one run, in order. Called on the machine's thread; must not touch the machine. An extension of this SPI is made
 * for each run that asks for it ({@code dmalab run --observe ID}); it may inject {@link io.dmalab.api.kernel.Kernel} for what stays the
 * same during a run: profile, CPUs, page size, hashed pointers.
 */
public interface Observer {
    default void event(TraceRecord event) {}

    default void log(LogLine line) {}

    /** A new finding; later occurrences of the same one are only counted. */
    default void finding(FindingRecord finding) {}

    /** The run is over and nothing follows: what was collected is written now. Not called if the run fails. */
    default void end() {}

    /** Always the last call, whether the run was good or not, also where {@link #end} failed: what is held open is let go. */
    default void close() {}

    /** True if {@link #event} is wanted; asked once, before the run; without it no records are built. */
    default boolean wantsEvents() {
        return false;
    }

    /**
     * A change in the life of a mapping, page or object.
     *
     * @param stack the running call stack under kernel names, innermost first; walked when asked for, only during the call
     */
    default void life(LifeRecord change, Supplier<List<String>> stack) {}

    /** True if {@link #life} is wanted; asked once, before the run; without it no records are built. */
    default boolean wantsLives() {
        return false;
    }
}
