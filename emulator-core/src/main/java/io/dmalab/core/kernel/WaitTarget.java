package io.dmalab.core.kernel;

import java.util.function.Consumer;

/** Something a task can be blocked on without a time limit. */
interface WaitTarget {
    /** How reports name it, e.g. {@code mutex &dev->mutex}. */
    String describe();

    /** Every task that must act before {@code waiter} can go on; none where anybody may wake it. */
    void blockers(SimTask waiter, Consumer<SimTask> sink);
}
