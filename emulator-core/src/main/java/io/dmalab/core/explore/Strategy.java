package io.dmalab.core.explore;

import java.util.Optional;

/** Which executions an exploration looks at, one after the other. */
public interface Strategy {
    /** Chooses the next execution; empty when the strategy has seen all it wants to. */
    Optional<Chooser> next();

    /** Whether {@link #next} being empty means that no interleaving within the bounds is left. */
    boolean exhaustive();

    /** What it promises, in one line. */
    String guarantee();
}
