package io.dmalab.netstack.policy;

import io.dmalab.api.config.Option;
import io.dmalab.api.device.Device;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.api.policy.Verdict;
import jakarta.inject.Inject;

/** Policy {@code stall-unregister} (free-policies.md P4): page pools hold a reference on their interface while its unregistration lasts. */
public final class StallUnregister implements FreePolicy {
    static final String SUMMARY = "page pools with pages out hold a reference on their interface, so that its unregistration waits";
    static final String DESCRIPTION = """
            Mechanism  At NETDEV_UNREGISTER page_pool looks for pools that are linked to the interface, map for DMA and have pages out. If
                       there are any, it takes a reference on the interface; the notice is sent again about every second (at HZ 250 1.152 s
                       before 6.13, 1.024 s since), and the reference is dropped at the first one that finds none. Until then
                       netdev_wait_allrefs sleeps, without RTNL but under the device's lock. Each repetition prints "page pool release
                       stalling device unregister", every 10 s comes "waiting for ... to become free. Usage count = 2".
            Origin     "net: make page pool stall netdev unregistration to avoid IOMMU crashes", RFC, Jakub Kicinski, 6 August 2024
                       <20240806151618.1373008-1-kuba@kernel.org>. Not merged. Facts: free-policies.md P4.
            Cost       The remover waits for the last page. Nothing on the data path, no memory. Ring and MTU changes do not wait.
            Fails by   Holders without a bound: the device cannot be removed (8640 s were seen on hns3), and whoever wants the device's
                       lock, for example to read its uevent, becomes a hung task though it has nothing to do with it. Pools that are not
                       linked to the interface, or that several interfaces share, are not waited for. With without-iommu (as the RFC has it)
                       it also waits where a late unmap would have been arithmetic.""";

    /** @param withoutIommu stall devices, too, whose mappings bypass the IOMMU */
    public record Options(@Option(value = "true", doc = "also wait for devices whose mappings do not go through an IOMMU table; "
            + "the RFC does, its author wanted to know the difference first") boolean withoutIommu) {}

    static final String LINE = "page pool release stalling device unregister";

    private final Options options;

    @Inject
    public StallUnregister(Options options) {
        this.options = options;
    }

    @Override
    public Verdict unregister(Device device, String netdev, int poolPagesInFlight) {
        if (poolPagesInFlight == 0 || device.dmaBypass() && !options.withoutIommu()) {
            return Verdict.PROCEED;
        }
        return new Verdict.WaitFor(LINE);
    }
}
