package io.dmalab.platform.s390;

import io.dmalab.api.config.Option;
import io.dmalab.iommu.core.IommuSettings.Queue;

/** Options of the platform {@code s390}. The defaults are report A3's: a slot is powered off, with a single flush queue. */
public record S390Options(
        @Option(value = "slot", doc = "how functions are removed: slot (power written 0), sysfs, or surprise (the platform takes it away)")
                Way removal,
        @Option(value = "s390", doc = "IOMMU backend: s390 (generic layer, since 6.7) or s390-zpci (DMA ops of its own, until 6.6)")
                String iommu,
        @Option(value = "rcache-magazine", doc = "DMA allocator of the domains; of s390-zpci too") String allocator,
        @Option(value = "single", doc = "when an IOVA is free after its unmap: strict (at once), per-cpu (256 entries or 10 ms) or single "
                + "(32768 or 1 s)") Queue flushQueue) {

    /** How a function goes. */
    public enum Way { SLOT, SYSFS, SURPRISE }
}
