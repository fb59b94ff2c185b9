package io.dmalab.netstack;

/**
 * Which of its pages a pool that ends takes next out of its cache or its ring. The kernel's order is that of arrival, and nobody relies on
 * it; a small world to explore can have each of them be next.
 */
@FunctionalInterface
public interface TakeOrder {
    /** A place where pages are. */
    interface Pages {
        /** How many there are now. */
        int count();

        /** Number of one of them, 0 being the one that is next by itself. */
        int page(int index);
    }

    /**
     * Called before each look at a place that is to be emptied. Task context; may let others run.
     *
     * @param where {@code cache} or {@code ring}
     * @return index of the page to take; of no meaning if there is none
     */
    int next(String where, Pages pages);
}
