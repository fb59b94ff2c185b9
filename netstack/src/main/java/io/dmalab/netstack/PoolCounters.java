package io.dmalab.netstack;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.Trace;
import io.dmalab.api.tracepoint.PagePoolEvents;

/** What a pool counts: pages held and released (page_pool_inflight, v6.14), which decide about its life, and the statistics. */
final class PoolCounters {
    long fast;
    long slow;
    long empty;
    long refill;
    long waive;
    long cached;
    long cacheFull;
    long ring;
    long ringFull;
    long releasedRefcnt;

    private final Kernel kernel;
    private final Trace trace;
    private final KernelObject pool;
    private final int id;
    /** pages_state_hold_cnt and pages_state_release_cnt: unsigned 32 bits that wrap. */
    private int holdCount;
    private int releaseCount;

    PoolCounters(Kernel kernel, KernelObject pool, int id) {
        this.kernel = kernel;
        this.trace = kernel.trace();
        this.pool = pool;
        this.id = id;
    }

    /** Sets both counters, for tests that want to see them wrap. */
    void startAt(int count) {
        holdCount = count;
        releaseCount = count;
    }

    void hold(int page) {
        holdCount++;
        trace.emit(PagePoolEvents.STATE_HOLD, pool.address(), NetstackEvents.netmem(page), 0, page,
                Integer.toUnsignedLong(holdCount));
    }

    /** The last touch of the pool by whoever returns a page: as soon as the worker sees the count, the pool may be freed. */
    void release(int page) {
        pool.write("pages_state_release_cnt");
        releaseCount++;
        trace.emit(PagePoolEvents.STATE_RELEASE, pool.address(), NetstackEvents.netmem(page), 0, page,
                Integer.toUnsignedLong(releaseCount));
    }

    /** Held minus released: right as long as the true distance is below 2^31, however often the counters have wrapped. */
    int inflight() {
        return holdCount - releaseCount;
    }

    /** The same as a look at the pool that others can come before. */
    int look() {
        pool.read("pages_state_release_cnt");
        return inflight();
    }

    /** The strict reading of the release path: traced, and a negative count is warned about. */
    int inflightStrict(long destroyCount) {
        int inflight = look();
        trace.emit(PagePoolEvents.RELEASE, pool.address(), inflight,
                Integer.toUnsignedLong(holdCount), Integer.toUnsignedLong(releaseCount), destroyCount);
        if (inflight < 0) {
            kernel.printk().warnOn("page_pool_inflight", "Negative(" + inflight + ") inflight packet-pages");
            kernel.findings().report(FindingKind.BUG, "page_pool " + id, "more pages came back than went out: " + inflight);
        }
        return inflight;
    }

    PagePoolStats snapshot() {
        return new PagePoolStats(fast, slow, 0, empty, refill, waive, cached, cacheFull, ring, ringFull, releasedRefcnt);
    }
}
