package io.dmalab.platform.pci.direct;

import io.dmalab.api.config.Option;
import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.Counter;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.policy.FreePolicy;
import jakarta.inject.Inject;

/** Policy {@code bounce-buffers} (free-policies.md P15b): devices see bounce buffers alone, as under {@code swiotlb=force}. */
public final class BounceBuffers implements FreePolicy {
    public static final String SUMMARY = "every mapping is bounced: a late unmap has a slot to free, which it misses or nobody frees";
    public static final String DESCRIPTION = """
            Mechanism  Every streaming mapping is copied through a slot of the bounce buffer pool, so that a device never reaches a buffer itself.
                       A late unmap frees the slot like any other (late: unmap), or is left out because the device is gone (late: skip).
                       Where the platform has an IOMMU, or no pool, nothing is bounced, and the policy is the legacy kernel.
            Origin     swiotlb=force, for guests whose memory is encrypted. Not proposed for this bug. Facts: free-policies.md P15b.
            Cost       A copy of every packet, which is not modelled as time; a page of the pool for every page that is mapped.
            Fails by   Where bus and memory addresses differ, a late unmap works out a foreign address and frees somebody else's slots. Left out,
                       the slots are lost for good. A pool that is full maps nothing.
            """;

    /** What becomes of an unmap of a device without a driver. */
    public enum Late {
        /** It frees the slot that it works out. */
        UNMAP,
        /** It is left out. */
        SKIP
    }

    /** Options. */
    public record Options(@Option(value = "unmap", doc = "a late unmap frees the slot it works out (unmap), or is left out (skip)")
            Late late) {}

    private final Kernel kernel;
    private final Options options;
    private final Counter lost;

    @Inject
    public BounceBuffers(Kernel kernel, Options options) {
        this.kernel = kernel;
        this.options = options;
        this.lost = kernel.metrics().counter(DmaDirect.LOST_BUFFERS);
    }

    @Override
    public boolean bouncesMappings() {
        return true;
    }

    @Override
    public boolean watchesMappings() {
        return options.late() == Late.SKIP;
    }

    @Override
    public boolean unmapping(Device device, long dmaAddress, long bytes, DmaDirection direction) {
        if (!device.bound()) {
            lost.increment();
        }
        return device.bound();
    }

    @Override
    public int bytesPerMappedPage() {
        return kernel.pages().pageSize();
    }
}
