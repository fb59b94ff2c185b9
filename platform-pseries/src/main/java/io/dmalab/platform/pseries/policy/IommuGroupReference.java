package io.dmalab.platform.pseries.policy;

import io.dmalab.api.config.Option;
import io.dmalab.api.device.Device;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.api.policy.PoolGuard;
import io.dmalab.platform.pseries.iommu.IommuGroup;
import io.dmalab.platform.pseries.iommu.IommuTableGroup;
import io.dmalab.platform.pseries.window.PciDmaSetup;
import jakarta.inject.Inject;

/** Policy {@code iommu-group-reference} (free-policies.md P7b): each page_pool holds the IOMMU group of its device. A negative control. */
public final class IommuGroupReference implements FreePolicy {
    static final String SUMMARY = "each page_pool holds its device's IOMMU group: tried, and does not help";
    static final String DESCRIPTION = """
            Mechanism  A page_pool takes a reference on the IOMMU group of its device when it is made, and drops it when its last page is
                       home. The group's structure lives as long; the tables of the endpoint have references of their own and go as ever.
                       On pSeries nobody may hold the group when the endpoint is given up: iommu_pseries_free_group() has a BUG there,
                       before it comes to the tables. trap: off takes that out, as such a patch would have to.
            Origin     Diffs tried in the thread on the hns3 report by Yonglong Liu and by Jesper Dangaard Brouer, August 2024. They did
                       not work. Robin Murphy, 5 and 6 August 2024: to hold one symptom of the IOMMU does not solve the lifecycle. Facts:
                       free-policies.md P7b, dlpar-and-notifiers.md 6.
            Cost       A reference for each pool, nothing for each page.
            Fails by   The BUG, in the remover with the notifier chain's semaphore held. Without it: use after free as in the legacy
                       kernel, for the group is not what an unmap needs.
            """;

    /** Options. */
    public record Options(
            @Option(value = "on", doc = "a group that is still held when its endpoint is given up is a BUG, as the kernel has it")
                    boolean trap) {}

    private final PciDmaSetup setup;
    private final Options options;

    @Inject
    public IommuGroupReference(PciDmaSetup setup, Options options) {
        this.setup = setup;
        this.options = options;
    }

    @Override
    public boolean groupMayOutlive() {
        return !options.trap();
    }

    @Override
    public PoolGuard guardPool(Device device, int poolSize) {
        return setup.group(device).map(IommuTableGroup::group).<PoolGuard>map(Holding::new).orElse(PoolGuard.NONE);
    }

    /** A pool's reference, for the pool's life. */
    private record Holding(IommuGroup group) implements PoolGuard {
        Holding {
            group.get();
        }

        @Override
        public void freed() {
            group.put();
        }
    }
}
