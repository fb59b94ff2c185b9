package io.dmalab.netstack;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.device.Device;
import io.dmalab.api.kernel.Clock;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.Level;
import io.dmalab.api.kernel.Work;
import io.dmalab.api.policy.PoolGuard;
import io.dmalab.api.policy.PoolTeardown;
import java.util.function.IntConsumer;

/**
 * How a pool ends (net/core/page_pool.c, v6.14): destroy, scrub, and the worker that comes back every second until the last page is
 * home.
 */
final class PoolRelease implements PoolTeardown {
    /** DEFER_TIME. */
    static final long RETRY_MS = 1000;
    /** DEFER_WARN_INTERVAL. */
    static final long WARN_INTERVAL_S = 60;

    private final Kernel kernel;
    private final Clock clock;
    private final PagePools pools;
    private final PagePool pool;
    private final PageFields fields;
    private final PoolGuard builtIn;
    private final PoolGuard policy;
    private final Work releaseWork;
    private final boolean pinsDevice;
    private int userCount = 1;
    private long destroyCount;
    private boolean destroyed;
    private long deferStart;
    private long deferWarn;

    PoolRelease(Kernel kernel, PagePools pools, PagePool pool, PageFields fields, PoolGuard builtIn, PoolGuard policy) {
        this.kernel = kernel;
        this.clock = kernel.clock();
        this.pools = pools;
        this.pool = pool;
        this.fields = fields;
        this.builtIn = builtIn;
        this.policy = policy;
        this.releaseWork = kernel.events().work("page_pool_release_retry", this::releaseRetry);
        this.pinsDevice = pool.mapsPages() && policy.pinsDevice(kernel.profile().poolPinsDevice());
        if (pinsDevice) {
            pool.device().get();
        }
    }

    boolean isDestroyed() {
        return destroyed;
    }

    void addUser() {
        object().write("user_cnt");
        userCount++;
    }

    @KernelFunction("page_pool_destroy")
    void destroy() {
        object().write("user_cnt");
        if (--userCount > 0) {
            return;
        }
        destroyed = true;
        disableDirectRecycling();
        pool.frag.free();
        if (release() == 0) {
            return;
        }
        if (policy != PoolGuard.NONE && waited()) {
            return;
        }
        pools.notifyDetached(pool);
        deferStart = clock.jiffies();
        deferWarn = deferStart + WARN_INTERVAL_S * clock.hz();
        object().write("release_dw");
        releaseWork.queueDelayed(kernel.sched().cpu(), clock.msecsToJiffies(RETRY_MS));
    }

    /** Not in the kernel: the policy may have waited until everything was home. */
    private boolean waited() {
        policy.stillInFlight(this);
        return pool.counters.look() == 0 && release() == 0;
    }

    @KernelFunction("page_pool_disable_direct_recycling")
    private void disableDirectRecycling() {
        object().write("cpuid");
        pool.cpuid = -1;
        Napi napi = pool.napi;
        if (napi == null) {
            return;
        }
        // the driver must have disabled NAPI: nobody can then be between its check for direct recycling and the cache
        if (napi.isEnabled() || napi.listOwner() != -1) {
            kernel.printk().warnOn("page_pool_disable_direct_recycling", "");
            kernel.findings().report(FindingKind.BUG, "page_pool " + pool.id(), "destroyed while its NAPI is enabled");
        }
        pools.lock().lock();
        object().write("p.napi");
        pool.napi = null;
        pools.lock().unlock();
    }

    /**
     * Empties what the pool itself holds; then the pool is freed if nobody else holds anything. Pages still out, negative if more came
     * back than went out.
     */
    @KernelFunction("page_pool_release")
    private int release() {
        scrub();
        int inflight = pool.counters.inflightStrict(destroyCount);
        if (kernel.profile().poolTracksMappings()) {
            // since 6.16: a producer may still be inside the ring
            pool.ring.synchronizeProducers();
        }
        if (inflight == 0) {
            free();
        }
        return inflight;
    }

    private void scrub() {
        object().write("destroy_cnt");
        boolean first = destroyCount++ == 0;
        if (first) {
            pool.alloc.empty();
            builtIn.firstScrub(this);
            policy.firstScrub(this);
        }
        emptyRing();
    }

    @Override
    public void emptyRing() {
        object().write("ring");
        int page;
        turn();
        while ((page = pool.ring.consumeLocked()) >= 0) {
            int references = kernel.pages().refCount(page);
            if (references != 1) {
                kernel.printk().print(Level.CRIT, "page_pool_empty_ring() page_pool refcnt " + references + " violation");
            }
            pool.returnPage(page);
            turn();
        }
    }

    /** Not in the kernel: before each look another page may become the next one. */
    private void turn() {
        if (pool.order != null) {
            int index = pool.order.next("ring", pool.ring);
            if (pool.ring.count() > 0) {
                pool.ring.bringForward(index);
            }
        }
    }

    @KernelFunction("__page_pool_destroy")
    private void free() {
        pools.unlist(pool);
        policy.freed();
        if (pinsDevice) {
            pool.device().put();
        }
        kernel.memory().free(object());
    }

    /** The worker. */
    @KernelFunction("page_pool_release_retry")
    private void releaseRetry() {
        int inflight = release();
        if (inflight == 0 || inflight < 0 && kernel.profile().poolStopsAtNegative()) {
            return;
        }
        if (clock.jiffies() >= deferWarn && warns()) {
            warnStalled(inflight);
        }
        object().write("release_dw");
        releaseWork.queueDelayed(kernel.sched().cpu(), clock.msecsToJiffies(RETRY_MS));
    }

    /** Since 6.8 only pools that nobody can list through netlink are warned about: those without a netdev, not even loopback. */
    private boolean warns() {
        object().read("slow.netdev");
        return !kernel.profile().poolWarningMuted() || pool.netdev == null;
    }

    private void warnStalled(int inflight) {
        int seconds = (int) clock.jiffies() - (int) deferStart;
        String id = kernel.profile().poolWarningHasId() ? ": id " + pool.id() + "," : "";
        kernel.printk().warn("page_pool_release_retry() stalled pool shutdown" + id + " " + inflight + " inflight "
                + seconds / clock.hz() + " sec");
        deferWarn = clock.jiffies() + WARN_INTERVAL_S * clock.hz();
    }

    // what a guard may do

    @Override
    public Kernel kernel() {
        return kernel;
    }

    @Override
    public Device device() {
        return pool.device();
    }

    @Override
    public int inflight() {
        return Math.max(0, pool.counters.look());
    }

    @Override
    public boolean stopSync() {
        object().write("dma_sync");
        return pool.dma.stopSync();
    }

    @Override
    public void dropDmaMap() {
        object().write("dma_map");
        pool.dma.stopMapping();
    }

    @Override
    public void stopRecycling() {
        object().write("ring");
        pool.ring.close();
    }

    @Override
    public void unmap(int page) {
        pool.dma.end(page);
    }

    @Override
    public void forEachPage(IntConsumer page) {
        int end = kernel.pages().highWater();
        for (int candidate = 0; candidate < end; candidate++) {
            if (fields.poolOf(candidate) == pool) {
                page.accept(candidate);
            }
        }
    }

    private KernelObject object() {
        return pool.object();
    }
}
