package io.dmalab.driver.mlx;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.Kernel;

/**
 * Host memory given to the firmware (drivers/net/ethernet/mellanox/mlx5/core/pagealloc.c, v6.14): whole CPU pages, mapped once and handed
 * out in 4 KiB pieces. Left out: requests at run time, per-VF accounting, the reclaim timeouts.
 */
final class FirmwarePages {
    private static final int ADAPTER_PAGE = 4096;
    /** 4 KiB pages that one MANAGE_PAGES command names. */
    private static final int BATCH = 512;

    private final Kernel kernel;
    private final Device device;
    private final Commands commands;
    private final int[] pages;
    private final long[] addresses;
    private int count;

    /** @param adapterPages number of 4 KiB pages the firmware asks for */
    FirmwarePages(Kernel kernel, Device device, Commands commands, int adapterPages) {
        this.kernel = kernel;
        this.device = device;
        this.commands = commands;
        int perPage = kernel.pages().pageSize() / ADAPTER_PAGE;
        pages = new int[(adapterPages + perPage - 1) / perPage];
        addresses = new long[pages.length];
    }

    /** @throws MlxException with ENOMEM; what was given so far is taken back by {@link #reclaim} */
    @KernelFunction(value = "mlx5_satisfy_startup_pages", module = "mlx5_core")
    void give() {
        commands.exec("QUERY_PAGES");
        int holder = kernel.pages().holder("mlx5_core firmware pages");
        while (count < pages.length) {
            allocSystemPage(holder);
            if (count == pages.length || count % batch() == 0) {
                commands.exec("MANAGE_PAGES");
            }
        }
    }

    @KernelFunction(value = "alloc_system_page", module = "mlx5_core")
    private void allocSystemPage(int holder) {
        int page = kernel.pages().alloc();
        if (page < 0) {
            throw new MlxException(MlxException.ENOMEM, "a page for the firmware");
        }
        long address = kernel.dma().mapPage(device, page, 0, kernel.pages().pageSize(), DmaDirection.BIDIRECTIONAL);
        if (address == DmaApi.MAPPING_ERROR) {
            kernel.pages().put(page);
            throw new MlxException(MlxException.ENOMEM, "the mapping of a page for the firmware");
        }
        kernel.pages().heldBy(page, holder);
        pages[count] = page;
        addresses[count++] = address;
    }

    /** Takes all pages back; if the firmware does not answer any more they are freed all the same. */
    @KernelFunction(value = "mlx5_reclaim_startup_pages", module = "mlx5_core")
    void reclaim() {
        while (count > 0) {
            commands.exec("MANAGE_PAGES");
            for (int left = Math.min(count, batch()); left > 0; left--) {
                freeSystemPage(--count);
            }
        }
    }

    @KernelFunction(value = "free_fwp", module = "mlx5_core")
    private void freeSystemPage(int index) {
        kernel.dma().unmapPage(device, addresses[index], kernel.pages().pageSize(), DmaDirection.BIDIRECTIONAL);
        kernel.pages().put(pages[index]);
    }

    private int batch() {
        return Math.max(1, BATCH * ADAPTER_PAGE / kernel.pages().pageSize());
    }

    /** CPU pages that the firmware has. */
    int count() {
        return count;
    }
}
