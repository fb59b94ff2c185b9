package io.dmalab.platform.smmu;

import io.dmalab.api.config.Option;
import io.dmalab.iommu.core.IommuSettings.Queue;
import io.dmalab.platform.pci.hotplug.Removal;

/** Options of the platform {@code arm64-smmu}. The defaults are report A2's: virtual functions of a lazy SMMU. */
public record SmmuOptions(
        @Option(value = "sriov", doc = "how devices are removed: sysfs, slot (power written 0), sriov (sriov_numvfs written 0), surprise "
                + "(card pulled) or unbind (driver only)") Removal removal,
        @Option(value = "smmu-v3", doc = "IOMMU backend of the devices") String iommu,
        @Option(value = "rcache-magazine", doc = "DMA allocator of the domains") String allocator,
        @Option(value = "per-cpu", doc = "when an IOVA is free after its unmap: strict (at once), per-cpu (256 entries or 10 ms) or single "
                + "(32768 or 1 s)") Queue flushQueue,
        @Option(value = "off", doc = "iommu=pt: domains translate nothing, and a late unmap is not seen") boolean passthrough) {}
