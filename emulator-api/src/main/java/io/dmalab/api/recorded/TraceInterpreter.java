package io.dmalab.api.recorded;

import java.util.List;
import java.util.function.Consumer;

/**
 * Knows what the events of some subsystem mean. Registered like every extension; it has a constructor without parameters and needs no
 * machine. One instance reads one trace, on one thread, event by event in the order of the file; a trace may have any length, so an
 * instance keeps nothing that grows with it.
 */
public interface TraceInterpreter {
    /**
     * Names of the events that it wants to see, as declared, e.g. {@code page_pool:page_pool_state_hold}. A user whose trace has none of
     * them is told to record these.
     */
    List<String> events();

    /** One of those events. @param sink takes what it means; an event may mean nothing, or several things */
    void interpret(RecordedEvent event, Consumer<Meaning> sink);
}
