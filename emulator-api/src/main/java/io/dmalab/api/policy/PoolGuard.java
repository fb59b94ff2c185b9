package io.dmalab.api.policy;

/** What a policy does inside one page_pool. Every hook has the behaviour of the unpatched kernel as its default. */
public interface PoolGuard {
    /** The unpatched kernel. */
    PoolGuard NONE = new PoolGuard() {};

    /** A page was mapped. False undoes the mapping and fails the page's allocation. Any context. */
    default boolean mapped(int page) {
        return true;
    }

    /** The pool wants to unmap a page on its return. False: it has been unmapped already. Any context. */
    default boolean claimUnmap(int page) {
        return true;
    }

    /** Called in page_pool_destroy after the alloc cache was emptied and before the ring is. Task context; may sleep. */
    default void firstScrub(PoolTeardown pool) {}

    /** Called in page_pool_destroy when pages are still out. Task context, RTNL held; may sleep. */
    default void stillInFlight(PoolTeardown pool) {}

    /** Whether the pool takes a device reference for its life, given what the kernel profile does. */
    default boolean pinsDevice(boolean profileDoes) {
        return profileDoes;
    }
}
