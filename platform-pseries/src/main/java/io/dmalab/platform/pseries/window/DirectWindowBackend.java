package io.dmalab.platform.pseries.window;

import io.dmalab.api.kernel.Kernel;
import io.dmalab.platform.pseries.hypervisor.HypervisorProfile;
import io.dmalab.platform.pseries.iommu.Order;
import jakarta.inject.Inject;

/**
 * Backend {@code pseries-direct}: as {@code pseries-ddw}, on firmware whose largest window covers all memory there may ever be, in pages of
 * 2 MiB. Then enable_ddw maps RAM for good and no streaming mapping reaches a table.
 */
public final class DirectWindowBackend extends DdwBackend {
    private static final int PAGE_SHIFT = 21;

    @Inject
    public DirectWindowBackend(Kernel kernel, PciDmaSetup setup, DdwParts parts, EnableDdw enableDdw) {
        super(kernel, setup, parts, enableDdw);
    }

    @Override
    public HypervisorProfile offer(HypervisorProfile profile, long hotplugMax) {
        long entries = 1L << Math.max(0, Order.base2(hotplugMax) - PAGE_SHIFT);
        return profile.withDdw(ddw -> ddw.pageSizes(profile.ddw().pageSizes() | 1L << PAGE_SHIFT).largestBlock(entries)
                .createEntriesMax(Math.max(entries, profile.ddw().createEntriesMax())));
    }
}
