package io.dmalab.netstack;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.MachineScoped;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.kernel.Mutex;
import io.dmalab.api.policy.PoolGuard;
import io.dmalab.netstack.policy.MappedPages;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * All page pools of the machine (net/core/page_pool.c, page_pool_user.c, v6.14), and the page_pool part of struct page: owner,
 * pp_ref_count and DMA address in arrays indexed by page number. Left out: the netlink family itself; its notifications are trace
 * events.
 */
@MachineScoped
public final class PagePools {
    /** Slots of the ring if the driver does not say. */
    static final int DEFAULT_RING = 1024;
    /** Larger rings are refused or, in newer kernels, clamped. */
    static final int RING_LIMIT = 32768;
    static final int RING_CLAMP = 16384;
    private static final int E2BIG = 7;
    private static final int EINVAL = 22;

    private final Kernel kernel;
    private final PageFields fields;
    private final Mutex lock;
    private final List<PagePool> pools = new ArrayList<>();
    private int nextId = 1;
    /** What guards added to recycling in pools that are freed. */
    private long recyclePicos;

    @Inject
    public PagePools(Kernel kernel) {
        this.kernel = kernel;
        this.fields = new PageFields(kernel);
        this.lock = kernel.locks().mutex("page_pools_lock");
        kernel.metrics().atEnd(() -> {
            pools.forEach(pool -> recyclePicos += pool.recyclePicos());
            kernel.metrics().counter(Metrics.HOT_PATH_NS).add(recyclePicos / 1000);
        });
    }

    /** page_pool_create. Task context. @throws PagePoolException for every error, after the kernel's line about it */
    public PagePool create(PagePool.Params params) {
        return create(params, PagePool.Tuning.KERNEL);
    }

    /** The same in a kernel that was built otherwise. */
    @KernelFunction("page_pool_create")
    public PagePool create(PagePool.Params params, PagePool.Tuning tuning) {
        int ringSize = ringSize(params.poolSize());
        int errno = errno(params, ringSize);
        if (errno != 0) {
            String function = kernel.profile().poolWarningHasId() ? "page_pool_create_percpu" : "page_pool_create";
            kernel.printk().warn(function + "() gave up with errno -" + errno);
            throw new PagePoolException(errno);
        }
        PoolGuard builtIn = kernel.profile().poolTracksMappings() && params.dmaMap()
                ? new MappedPages(kernel) : PoolGuard.NONE;
        PoolGuard policy = kernel.policy().guardPool(params.device(), params.poolSize());
        lock.lock();
        PagePool pool = new PagePool(kernel, this, fields, params, tuning, ringSize, nextId++, builtIn, policy);
        pools.add(pool);
        notifyListeners("add", pool);
        lock.unlock();
        return pool;
    }

    private int ringSize(int asked) {
        int size = asked == 0 ? DEFAULT_RING : asked;
        return kernel.profile().poolRingClamped() ? Math.min(size, RING_CLAMP) : size;
    }

    private static int errno(PagePool.Params params, int ringSize) {
        if (params.dmaMap() && params.direction() != DmaDirection.FROM_DEVICE && params.direction() != DmaDirection.BIDIRECTIONAL) {
            return EINVAL;
        }
        if (params.dmaSync() && (!params.dmaMap() || params.maxLen() == 0)) {
            return EINVAL;
        }
        return ringSize < 0 || ringSize > RING_LIMIT ? E2BIG : 0;
    }

    /** Pools that are not freed, in order of creation. */
    public List<PagePool> all() {
        return Collections.unmodifiableList(pools);
    }

    /** Pool that the page belongs to; null if none. */
    public PagePool ofPage(int page) {
        return fields.poolOf(page);
    }

    /** napi_pp_put_page: drops {@code owners} of pp_ref_count wherever the page belongs; a page of no pool loses one ordinary reference. */
    @KernelFunction("napi_pp_put_page")
    public void putPage(int page, int owners, boolean allowDirect) {
        PagePool pool = fields.poolOf(page);
        if (pool == null) {
            kernel.pages().put(page);
            return;
        }
        pool.put(page, owners, allowDirect);
    }

    /** page_pools_lock. */
    Mutex lock() {
        return lock;
    }

    @KernelFunction("page_pool_unlist")
    void unlist(PagePool pool) {
        lock.lock();
        notifyListeners("del", pool);
        recyclePicos += pool.recyclePicos();
        pools.remove(pool);
        lock.unlock();
    }

    /** Told once, when a destroyed pool has to wait for pages. */
    @KernelFunction("page_pool_detached")
    void notifyDetached(PagePool pool) {
        lock.lock();
        notifyListeners("change", pool);
        lock.unlock();
    }

    private void notifyListeners(String command, PagePool pool) {
        if (pool.netdev != null) {
            kernel.trace().emit(NetstackEvents.NETLINK, kernel.trace().text(command), pool.id(), pool.netdev.ifindex(), pool.inflight());
        }
    }

    /** Pages out of all mapping pools that are linked to the interface. */
    int inflight(NetDevice netdev) {
        int pages = 0;
        for (PagePool pool : pools) {
            if (pool.netdev == netdev && pool.mapsPages()) {
                pages += Math.max(0, pool.counters.look());
            }
        }
        return pages;
    }

    /**
     * page_pool_unreg_netdev: an interface goes away. Its pools are handed to loopback, where they stay listed and silent; loopback's
     * own ones become invisible. Task context.
     *
     * @param loopback null if {@code netdev} is loopback itself
     */
    @KernelFunction("page_pool_netdevice_event")
    void unregister(NetDevice netdev, NetDevice loopback) {
        lock.lock();
        for (PagePool pool : pools) {
            if (pool.netdev == netdev) {
                pool.object().write("slow.netdev");
                pool.netdev = loopback;
                notifyListeners("change", pool);
            }
        }
        lock.unlock();
    }
}
