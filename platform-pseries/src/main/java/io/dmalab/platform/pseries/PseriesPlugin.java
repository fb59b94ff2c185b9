package io.dmalab.platform.pseries;

import io.dmalab.api.EmulatorPlugin;
import io.dmalab.api.Extension;
import io.dmalab.api.Extensions;
import io.dmalab.api.device.Platform;
import io.dmalab.api.dma.DmaAllocator;
import io.dmalab.api.dma.IommuBackend;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.platform.pseries.iommu.IommuTableBitmap;
import io.dmalab.platform.pseries.policy.DrainOptions;
import io.dmalab.platform.pseries.policy.PolicyTexts;
import io.dmalab.platform.pseries.policy.SwapWithoutWait;
import io.dmalab.platform.pseries.policy.WaitForDrain;
import io.dmalab.platform.pseries.policy.WaitWithoutSwap;
import io.dmalab.platform.pseries.window.DdwBackend;
import io.dmalab.platform.pseries.window.DefaultWindowBackend;
import io.dmalab.platform.pseries.window.DirectWindowBackend;

/** The IBM POWER platform: hypervisor, iommu_table, dynamic DMA windows, DLPAR, and the policies that change them. */
public final class PseriesPlugin implements EmulatorPlugin {
    @Override
    public String id() {
        return "platform-pseries";
    }

    @Override
    public String summary() {
        return "IBM POWER partition: PowerVM or QEMU, iommu_table, dynamic DMA windows, DLPAR";
    }

    @Override
    public void register(Extensions extensions) {
        extensions.add(Extension.of(Platform.class, "pseries", PseriesPlatform.class, "IBM POWER partition with hot-pluggable PCI devices")
                .options(PseriesOptions.class)
                .description("Models arch/powerpc/kernel/iommu.c, arch/powerpc/platforms/pseries/iommu.c and dlpar.c, rpadlpar and drmgr over a hypervisor. "
                        + "The defaults are the machine of the seed's report; drc-type chooses among the three removal sequences."));
        extensions.add(DmaAllocator.class, "iommu-table-bitmap", IommuTableBitmap.class, "the iommu_table's bitmap with pools and hints");
        backends(extensions);
        policies(extensions);
    }

    private static void backends(Extensions extensions) {
        extensions.add(Extension.of(IommuBackend.class, "pseries-ddw", DdwBackend.class, "dynamic DMA window if firmware offers one (enable_ddw)")
                .description("Direct if the largest window offered covers all memory the partition may get, else mapped dynamically."));
        extensions.add(Extension.of(IommuBackend.class, "pseries-default-window", DefaultWindowBackend.class, "the default window only (disable_ddw)")
                .description("4 KiB entries: a 64 KiB page takes 16 of them, and a 2 GiB window holds fewer than 32768 pages."));
        extensions.add(Extension.of(IommuBackend.class, "pseries-direct", DirectWindowBackend.class, "firmware's window covers all memory: RAM mapped for good")
                .description("No streaming mapping reaches a table, so a late unmap is harmless; the device can reach all memory until the window goes."));
    }

    private static void policies(Extensions extensions) {
        extensions.add(Extension.of(FreePolicy.class, "wait-for-drain", WaitForDrain.class, "the seed's patch: wait for the TCEs, then delete the window")
                .options(DrainOptions.class).description(PolicyTexts.WAIT_FOR_DRAIN));
        extensions.add(Extension.of(FreePolicy.class, "wait-without-swap", WaitWithoutSwap.class, "the seed's first hunk alone: wait after the window is gone")
                .options(DrainOptions.class).description(PolicyTexts.WAIT_WITHOUT_SWAP));
        extensions.add(Extension.of(FreePolicy.class, "swap-without-wait", SwapWithoutWait.class, "the seed's second hunk alone: tables first, no wait")
                .description(PolicyTexts.SWAP_WITHOUT_WAIT));
    }
}
