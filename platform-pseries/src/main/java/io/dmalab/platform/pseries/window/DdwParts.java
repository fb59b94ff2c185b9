package io.dmalab.platform.pseries.window;

import io.dmalab.api.MachineScoped;
import io.dmalab.platform.pseries.iommu.IommuTables;
import io.dmalab.platform.pseries.kernel.KernelLog;
import io.dmalab.platform.pseries.tce.TceOps;
import jakarta.inject.Inject;

/** What enable_ddw works with. */
@MachineScoped
public record DdwParts(DdwRtasCalls calls, WindowTces tces, WindowRemoval removal, DmaWinList windows, PartitionMemoryMap memory,
        IommuTables tables, TceOps ops, KernelLog log) {
    @Inject
    public DdwParts {}
}
