package io.dmalab.testkit.kit.world;

import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.Pages;
import io.dmalab.api.kernel.Work;
import io.dmalab.api.policy.PoolGuard;
import io.dmalab.api.policy.PoolTeardown;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;

/**
 * A pool of mapped pages with a life like a page_pool's (net/core/page_pool.c), as far as a policy is told about it: destroyed while pages
 * are out, it looks every second whether they are home. Left out: everything else.
 */
final class KitPool implements PoolTeardown {
    static final int RING = 64;
    private static final long RETRY_MS = 1000;
    private static final long BYTES = 512;
    private static final long NONE = DmaApi.MAPPING_ERROR;

    private final Kernel kernel;
    private final Device device;
    private final Pages pages;
    private final PoolGuard guard;
    private final KernelObject object;
    private final Work retry;
    private final boolean pinsDevice;
    /** Every page of the pool with its DMA address, or {@link #NONE}. */
    private final Map<Integer, Long> addresses = new TreeMap<>();
    private final Deque<Integer> ring = new ArrayDeque<>();
    private int out;
    private boolean maps;
    private boolean syncs;
    private boolean recycles = true;

    /** @param maps false if the driver maps its pages itself */
    KitPool(Kernel kernel, Device device, boolean maps) {
        this.kernel = kernel;
        this.device = device;
        this.pages = kernel.pages();
        this.maps = maps;
        this.syncs = maps;
        this.object = kernel.memory().kzalloc("kit_pool", BYTES);
        this.guard = kernel.policy().guardPool(device, RING);
        this.retry = kernel.events().work("kit_pool_release_retry", this::retry);
        this.pinsDevice = guard.pinsDevice(kernel.profile().poolPinsDevice());
        if (pinsDevice) {
            device.get();
        }
    }

    /** A page for the device, or -1. Any context. */
    int take() {
        object.write("ring");
        int page = ring.isEmpty() ? fresh() : ring.pop();
        out += page < 0 ? 0 : 1;
        return page;
    }

    private int fresh() {
        int page = pages.alloc();
        if (page < 0 || !maps) {
            return page;
        }
        long address = kernel.dma().mapPage(device, page, 0, pages.pageSize(), DmaDirection.FROM_DEVICE);
        if (address == DmaApi.MAPPING_ERROR) {
            pages.put(page);
            return -1;
        }
        if (!guard.mapped(page)) {
            kernel.dma().unmapPage(device, address, pages.pageSize(), DmaDirection.FROM_DEVICE);
            pages.put(page);
            return -1;
        }
        addresses.put(page, address);
        return page;
    }

    /** A page comes home. Any context. */
    void put(int page) {
        object.write("ring");
        out--;
        if (recycles && ring.size() < RING) {
            ring.push(page);
        } else {
            giveUp(page);
        }
    }

    private void giveUp(int page) {
        if (addresses.getOrDefault(page, NONE) != NONE && maps && guard.claimUnmap(page)) {
            unmap(page);
        }
        addresses.remove(page);
        pages.put(page);
    }

    /** Task context, RTNL held. */
    void destroy() {
        object.write("destroyed");
        guard.firstScrub(this);
        emptyRing();
        if (out > 0) {
            guard.stillInFlight(this);
        }
        retry();
    }

    private void retry() {
        emptyRing();
        if (out == 0) {
            guard.freed();
            kernel.memory().free(object);
            if (pinsDevice) {
                device.put();
            }
        } else {
            retry.queueDelayed(kernel.sched().cpu(), kernel.clock().msecsToJiffies(RETRY_MS));
        }
    }

    @Override
    public Kernel kernel() {
        return kernel;
    }

    @Override
    public Device device() {
        return device;
    }

    @Override
    public int inflight() {
        return out;
    }

    @Override
    public void emptyRing() {
        object.write("ring");
        while (!ring.isEmpty()) {
            giveUp(ring.pop());
        }
    }

    @Override
    public boolean stopSync() {
        object.write("dma_sync");
        boolean synced = syncs;
        syncs = false;
        return synced;
    }

    @Override
    public void dropDmaMap() {
        object.write("dma_map");
        maps = false;
    }

    @Override
    public void stopRecycling() {
        object.write("ring");
        recycles = false;
    }

    @Override
    public void unmap(int page) {
        long address = addresses.getOrDefault(page, NONE);
        if (address != NONE) {
            kernel.dma().unmapPage(device, address, pages.pageSize(), DmaDirection.FROM_DEVICE);
            addresses.put(page, NONE);
        }
    }

    @Override
    public void forEachPage(IntConsumer page) {
        addresses.keySet().stream().toList().forEach(page::accept);
    }
}
