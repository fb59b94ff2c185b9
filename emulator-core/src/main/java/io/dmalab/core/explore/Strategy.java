package io.dmalab.core.explore;

import java.util.Optional;

/** Which executions an exploration looks at, one after the other. */
public interface Strategy {
    /** Chooses the next execution; empty when the strategy has seen all it wants to. */
    Optional<Chooser> next();

    /** Whether {@link #next} being empty means that no interleaving within the bounds is left. */
    boolean exhaustive();

    /** Whether it tries each move of a context that has a choice. */
    default boolean triesMoves() {
        return true;
    }

    /** The execution that it chose last has ended. @param harmed what is looked for has shown at the end, in no step */
    default void ended(boolean harmed) {}

    /** What it has seen, if it matches states. */
    default Optional<Coverage> coverage() {
        return Optional.empty();
    }

    /** What it promises, in one line. */
    String guarantee();
}
