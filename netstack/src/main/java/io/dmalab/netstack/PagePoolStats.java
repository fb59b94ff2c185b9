package io.dmalab.netstack;

/**
 * The eleven counters of a pool (CONFIG_PAGE_POOL_STATS). fast + refill + slow are the successful allocations; cached + ring + ringFull
 * + releasedRefcnt are the puts by the last owner.
 *
 * @param fast           allocations from the cache
 * @param slow           allocations that went to the page allocator
 * @param slowHighOrder  the same with order above 0; always 0 here
 * @param empty          allocations that found the ring empty
 * @param refill         allocations that refilled the cache from the ring
 * @param waive          pages given up because they lie on the wrong node
 * @param cached         pages recycled into the cache
 * @param cacheFull      pages that did not fit the cache
 * @param ring           pages recycled into the ring
 * @param ringFull       pages given up because the ring was full
 * @param releasedRefcnt pages given up because somebody held another reference to them
 */
public record PagePoolStats(long fast, long slow, long slowHighOrder, long empty, long refill, long waive,
                            long cached, long cacheFull, long ring, long ringFull, long releasedRefcnt) {}
