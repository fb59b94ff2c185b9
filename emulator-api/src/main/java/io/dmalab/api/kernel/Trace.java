package io.dmalab.api.kernel;

/** The machine's event stream. Every emitted event enters the run's digest; observers see it if there are any. Any context. */
public interface Trace {
    void emit(EventType type);

    void emit(EventType type, long a);

    void emit(EventType type, long a, long b);

    void emit(EventType type, long a, long b, long c);

    void emit(EventType type, long a, long b, long c, long d);

    void emit(EventType type, long a, long b, long c, long d, long e);

    void emit(EventType type, long a, long b, long c, long d, long e, long f);

    /**
     * False in a run that nobody listens to, such as the executions of an exploration: a text that is made for the event stream alone need
     * not be made then. Nothing else may depend on it.
     */
    default boolean heard() {
        return true;
    }

    /** Number that stands for a text in a {@code %s} field; the same text gives the same number within a machine. */
    long text(String text);
}
