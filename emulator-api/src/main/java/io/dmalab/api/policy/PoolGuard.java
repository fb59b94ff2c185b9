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

    /** The pool is freed: whatever the guard has for it goes too. */
    default void freed() {}

    /**
     * What the guard's bookkeeping adds to pages that are recycled, in picoseconds; asked when the pool is freed or the run ends, and added
     * to {@link io.dmalab.api.kernel.Metrics#HOT_PATH_NS}. What it adds to a mapping it charges itself.
     *
     * @param fromCache pages that were allocated from the pool's cache
     * @param byRing    pages that came home by way of the ring
     */
    default long recyclePicos(long fromCache, long byRing) {
        return 0;
    }

    /** Whether the pool takes a device reference for its life, given what the kernel profile does. */
    default boolean pinsDevice(boolean profileDoes) {
        return profileDoes;
    }
}
