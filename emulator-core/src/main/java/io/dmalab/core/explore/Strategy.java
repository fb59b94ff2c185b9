package io.dmalab.core.explore;

import java.util.List;
import java.util.Optional;

/** Which executions an exploration looks at, one after the other. */
public interface Strategy {
    /** Chooses the next execution; empty when the strategy has seen all it wants to. */
    Optional<Chooser> next();

    /**
     * Executions that {@link #next} will choose sooner or later, unless the search ends before; the first of them is the next. Any thread
     * may run them meanwhile, and one that has been run need not be again when its turn comes.
     *
     * @param most how many at most
     */
    default List<Chooser> ahead(int most) {
        return List.of();
    }

    /** How much is left. Called when the execution that was chosen last has ended. */
    default Optional<Estimate> estimate() {
        return Optional.empty();
    }

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

    /** What it promises of so many executions in none of which harm was done. @param executions at least 1 */
    default String guarantee(long executions) {
        return guarantee();
    }
}
