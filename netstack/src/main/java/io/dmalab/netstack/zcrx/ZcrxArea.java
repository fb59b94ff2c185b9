package io.dmalab.netstack.zcrx;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.HotplugEvent;
import io.dmalab.api.device.HotplugEvent.NetdevChanged;
import io.dmalab.api.device.HotplugNotifier;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.Mutex;

/**
 * An area of a process' memory that io_uring has mapped for a NIC's receive queue (io_uring/zcrx.c, 6.15-rc; facts: free-policies.md P16,
 * real-world-reports.md A6). The provider owns the mapping, not the pool: nothing that tracks a pool's pages sees it. Left out: packets
 * that land in it, the refill ring, areas that are mapped before they are installed.
 */
final class ZcrxArea implements HotplugNotifier {
    private static final int STRUCT_BYTES = 256;

    private final Kernel kernel;
    private final Device device;
    private final KernelObject ifq;
    /** ifq->dma_lock. */
    private final Mutex lock;
    private final int[] pages;
    private final long[] addresses;
    private boolean mapped;

    /** @param count pages of the area */
    ZcrxArea(Kernel kernel, Device device, int count) {
        this.kernel = kernel;
        this.device = device;
        this.ifq = kernel.memory().kzalloc("io_zcrx_ifq", STRUCT_BYTES);
        this.lock = kernel.locks().mutex("&ifq->dma_lock");
        this.pages = new int[count];
        this.addresses = new long[count];
    }

    /** Maps the area; the queue is the provider's from now on. Task context. */
    @KernelFunction("io_register_zcrx_ifq")
    void register() {
        device.get();
        map();
        kernel.devices().netdevChain().register(this);
    }

    @KernelFunction("io_zcrx_map_area")
    private void map() {
        int holder = kernel.pages().holder("io_uring zcrx area");
        for (int i = 0; i < pages.length; i++) {
            pages[i] = kernel.pages().alloc();
            addresses[i] = pages[i] < 0 ? DmaApi.MAPPING_ERROR
                    : kernel.dma().mapPage(device, pages[i], 0, kernel.pages().pageSize(), DmaDirection.FROM_DEVICE);
            if (addresses[i] == DmaApi.MAPPING_ERROR) {
                throw new IllegalStateException("page " + i + " of " + pages.length + " cannot be mapped");
            }
            kernel.pages().heldBy(pages[i], holder);
        }
        mapped = true;
    }

    /** dev_memory_provider_uninstall(): the interface goes, and its queues with it. */
    @Override
    public Answer notify(HotplugEvent event) {
        if (event instanceof NetdevChanged changed && changed.phase() == NetdevChanged.Phase.UNREGISTER && changed.device() == device) {
            uninstall();
        }
        return Answer.DONE;
    }

    @KernelFunction("io_pp_uninstall")
    private void uninstall() {
        if (kernel.policy().providersUnmap(device)) {
            unmap();
        }
    }

    /** The ring is closed, at the latest by the end of its process. Task context. */
    @KernelFunction("io_shutdown_zcrx_ifqs")
    void close() {
        kernel.devices().netdevChain().unregister(this);
        unmap();
        for (int page : pages) {
            kernel.pages().put(page);
        }
        kernel.memory().free(ifq);
        device.put();
    }

    /** Once. */
    @KernelFunction("io_zcrx_unmap_area")
    private void unmap() {
        lock.lock();
        ifq.write("area.is_mapped");
        for (int i = 0; mapped && i < addresses.length; i++) {
            kernel.dma().unmapPage(device, addresses[i], kernel.pages().pageSize(), DmaDirection.FROM_DEVICE);
        }
        mapped = false;
        lock.unlock();
    }
}
