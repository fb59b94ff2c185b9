package io.dmalab.api.recorded;

/** An event that was read from a kernel's trace. Fields bear the names of the event type's declaration. */
public interface RecordedEvent {
    /** Of the declaration, e.g. {@code page_pool:page_pool_release}, whatever the trace's kernel calls the event. */
    String name();

    /** Nanoseconds of the trace's clock. */
    long timeNanos();

    /** Name of the task. */
    String comm();

    int pid();

    int cpu();

    /** @throws IllegalArgumentException if there is no number of that name */
    long number(String field);

    /** @throws IllegalArgumentException if there is no text of that name */
    String text(String field);
}
