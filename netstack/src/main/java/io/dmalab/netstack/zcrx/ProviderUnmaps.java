package io.dmalab.netstack.zcrx;

import io.dmalab.api.device.Device;
import io.dmalab.api.policy.FreePolicy;
import jakarta.inject.Inject;

/** Policy {@code provider-unmaps} (free-policies.md P16): a memory provider ends its mapping when its queue goes. */
public final class ProviderUnmaps implements FreePolicy {
    public static final String SUMMARY = "a memory provider unmaps its area when its queue is uninstalled, not when its process ends";
    public static final String DESCRIPTION = """
            Mechanism  An interface that goes takes its queues' memory providers with it. The provider unmaps its area in that callback, under a lock
                       and once; what its process does later finds nothing to unmap. Pools that map their pages themselves are as in the legacy
                       kernel.
            Origin     io_uring/zcrx "fix late dma unmap for a dead dev", Pavel Begunkov, 18 Apr 2025 (f12ecf5e1c5e); merged in 6.15-rc3, before any
                       release had zcrx. Facts: free-policies.md P16, real-world-reports.md A6.
            Cost       A lock at the end of a queue.
            Fails by   Being for providers alone: pages of ordinary pools are late as ever.""";

    @Inject
    public ProviderUnmaps() {}

    @Override
    public boolean providersUnmap(Device device) {
        return true;
    }
}
