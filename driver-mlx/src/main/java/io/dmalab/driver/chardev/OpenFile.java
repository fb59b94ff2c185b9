package io.dmalab.driver.chardev;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.Mutex;

/**
 * An open file of the accelerator's character device with the DMA buffers that were allocated through it. Holds a device reference until
 * it is released.
 */
final class OpenFile {
    private static final long STRUCT_BYTES = 512;

    private final Kernel kernel;
    private final Device device;
    private final Mutex mutex;
    private final KernelObject memory;
    private final int[] pages;
    private final long[] addresses;
    private int count;

    /** chardev open(). @param room pages that can be mapped */
    OpenFile(Kernel kernel, Device device, int room) {
        this.kernel = kernel;
        this.device = device;
        this.mutex = kernel.locks().mutex("&chardev_private->mutex");
        this.memory = kernel.memory().kzalloc("chardev_private", STRUCT_BYTES);
        this.pages = new int[room];
        this.addresses = new long[room];
        device.get();
    }

    /** Maps all the pages there is room for, or as many as can be had. */
    @KernelFunction(value = "ioctl_allocate_dma_buf", module = "tenstorrent")
    void allocate() {
        mutex.lock();
        memory.write("dmabufs");
        int holder = kernel.pages().holder("DMA buffers of an open file");
        while (count < pages.length) {
            int page = kernel.pages().alloc();
            if (page < 0) {
                break;
            }
            long address = kernel.dma().mapPage(device, page, 0, kernel.pages().pageSize(), DmaDirection.BIDIRECTIONAL);
            if (address == DmaApi.MAPPING_ERROR) {
                kernel.pages().put(page);
                break;
            }
            kernel.pages().heldBy(page, holder);
            pages[count] = page;
            addresses[count++] = address;
        }
        mutex.unlock();
    }

    /** Unmaps and frees the buffers. No-op if that has been done. */
    @KernelFunction(value = "tenstorrent_memory_cleanup", module = "tenstorrent")
    void cleanup() {
        mutex.lock();
        memory.write("dmabufs");
        while (count > 0) {
            count--;
            kernel.dma().unmapPage(device, addresses[count], kernel.pages().pageSize(), DmaDirection.BIDIRECTIONAL);
            kernel.pages().put(pages[count]);
        }
        mutex.unlock();
    }

    /** After {@link #cleanup}; nobody finds the file any more. */
    void free() {
        kernel.memory().free(memory);
        device.put();
    }

    /** Buffers that are mapped. */
    int mapped() {
        return count;
    }
}
