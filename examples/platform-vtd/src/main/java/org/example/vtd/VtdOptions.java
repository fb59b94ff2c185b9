package org.example.vtd;

import io.dmalab.api.config.Option;
import io.dmalab.api.config.Span;

// tag::options
/** Options of the platform {@code x86-vtd}. The defaults are a distribution's kernel: translated and lazy. */
public record VtdOptions(
        @Option(value = "sysfs", doc = "how devices are removed: sysfs (1 written to remove), surprise (card pulled) or unbind "
                + "(driver only)") Removal removal,
        @Option(value = "lazy", doc = "when the IOTLB forgets an ended mapping: strict (before its unmap returns) or lazy (255 unmaps of a "
                + "CPU later, or 10 ms)") Invalidation invalidation,
        @Option(value = "off", doc = "iommu=pt: the domains translate nothing, and a late unmap is not seen") boolean passthrough,
        @Option(value = "intel-iommu", doc = "IOMMU backend of the devices") String iommu,
        @Option(value = "vtd-iova", doc = "DMA allocator of the domains") String allocator,
        @Option(value = "1024", doc = "translations that the IOTLB holds, a power of two from 1 to 65536; assumed") int iotlb,
        @Option(value = "1us", doc = "CPU time of an invalidation, which is waited for; assumed") Span invalidationTime) {

    public VtdOptions {
        if (iotlb < 1 || iotlb > 65536 || Integer.bitCount(iotlb) != 1) {
            throw new IllegalArgumentException("iotlb " + iotlb + " cannot be; use a power of two from 1 to 65536");
        }
        if (invalidationTime.compareTo(Span.ofMillis(1)) > 0) {
            throw new IllegalArgumentException("invalidation-time " + invalidationTime + " is out of range; use at most 1ms");
        }
    }

    /** How a PCI function is taken out of the system. */
    public enum Removal { SYSFS, SURPRISE, UNBIND }

    /** {@code iommu.strict}. */
    public enum Invalidation { STRICT, LAZY }
}
// end::options
