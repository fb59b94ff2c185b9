package io.dmalab.api.kernel;

import java.util.List;

/**
 * What a context may do next where the model leaves it open: which page a user takes, which entry a ring gives. In an exploring run each of
 * the moves is tried.
 */
@FunctionalInterface
public interface Choice {
    /** Says of a move that it is about no item. */
    int NO_ITEM = -1;

    /**
     * One thing that can be done.
     *
     * @param action a number of the caller's own, 0 to 999
     * @param item   what it is done to: one of a number of things that are alike, counted from 0 in the whole machine; or {@link #NO_ITEM}
     */
    record Move(int action, int item) {
        /** About no item. */
        public Move(int action) {
            this(action, NO_ITEM);
        }
    }

    /**
     * What can be done now, in an order that is a function of the machine's state; none while the context has to wait. Looked at again
     * whenever another context has moved; must not change or watch anything.
     */
    List<Move> moves();
}
