package io.dmalab.driver.chardev;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceDriver;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.Mutex;
import jakarta.inject.Inject;

/**
 * The driver {@code chardev}: an accelerator whose DMA buffers live as long as the file they were allocated through (tt-kmd before and
 * after its pull request 36; facts/real-world-reports.md A4). The same bug without a network: the device is removed, the process exits
 * later, and its buffers are unmapped for a device that is gone. Left out: what the accelerator computes.
 */
public final class ChardevDriver implements DeviceDriver {
    private static final long MASK_64 = -1L;
    private static final long FOREVER = Long.MAX_VALUE;

    private final Kernel kernel;
    private final ChardevOptions options;
    /** Guards {@link #file}. */
    private final Mutex openFiles;
    private OpenFile file;

    @Inject
    public ChardevDriver(Kernel kernel, ChardevOptions options) {
        this.kernel = kernel;
        this.options = options;
        this.openFiles = kernel.locks().mutex("&tt_dev->open_fds_mutex");
    }

    @Override
    public String name() {
        return "tenstorrent";
    }

    @Override
    @KernelFunction(value = "tenstorrent_pci_probe", module = "tenstorrent")
    public void probe(Device device) {
        mapEarly(device);
        if (!kernel.dma().setMask(device, MASK_64)) {
            throw new IllegalStateException("no usable DMA mask");
        }
    }

    /** Mapped where the device's 32-bit mask reaches, and forgotten: what a driver's leak looks like to those who wait. */
    private void mapEarly(Device device) {
        for (int i = 0; i < options.earlyBuffers(); i++) {
            int page = kernel.pages().alloc();
            if (page < 0
                    || kernel.dma().mapPage(device, page, 0, kernel.pages().pageSize(), DmaDirection.TO_DEVICE) == DmaApi.MAPPING_ERROR) {
                throw new IllegalStateException("no memory for early buffers");
            }
        }
    }

    /** A process opens the device, has buffers mapped and keeps the file. */
    @Override
    public void up(Device device) {
        long open = options.openFor().sample(kernel.random().stream("chardev " + device.alias()));
        file = new OpenFile(kernel, device, options.buffers());
        file.allocate();
        if (open < FOREVER) {
            kernel.sched().spawn(options.process(), kernel.sched().cpus() - 1, () -> exit(open));
        }
    }

    @KernelFunction("do_exit")
    private void exit(long afterNanos) {
        kernel.sched().sleepNanos(afterNanos);
        release();
    }

    /** The last reference to the file goes. */
    @KernelFunction(value = "tt_cdev_release", module = "tenstorrent")
    private void release() {
        OpenFile closing = file;
        closing.cleanup();
        openFiles.lock();
        file = null;
        openFiles.unlock();
        closing.free();
    }

    /** Without tracking it does not know the open files; with it their mappings end here and the files live on without. */
    @Override
    @KernelFunction(value = "tenstorrent_pci_remove", module = "tenstorrent")
    public void remove(Device device) {
        if (!options.trackOpenFiles()) {
            return;
        }
        openFiles.lock();
        if (file != null) {
            file.cleanup();
        }
        openFiles.unlock();
    }

    OpenFile file() {
        return file;
    }
}
