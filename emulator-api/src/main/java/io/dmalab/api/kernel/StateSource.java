package io.dmalab.api.kernel;

/**
 * Tells the state of a kernel object, for explorations that remember which states they have seen. Two machines whose sources tell the same
 * must go on alike. Nobody asks in an ordinary run.
 */
@FunctionalInterface
public interface StateSource {
    /** Takes what a source tells. */
    interface State {
        /** A value of the object itself; the order of calls matters. */
        void value(long value);

        /** A value of one of the items that {@link Choice.Move#item} counts: all that the object knows of it. */
        void item(int item, long value);
    }

    /** Tells everything that can matter later; must not change or watch anything. */
    void tell(State state);
}
