package io.dmalab.netstack.policy;

import io.dmalab.api.device.Device;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.api.policy.PoolGuard;
import io.dmalab.api.policy.PoolTeardown;
import jakarta.inject.Inject;

/** Policy {@code drain-only} (free-policies.md P18): a destroyed pool does not recycle; pages that come home are unmapped at once. */
public final class DrainOnly implements FreePolicy {
    static final String SUMMARY =
            "a destroyed page_pool recycles nothing: a page that comes home is unmapped at once, by whoever brings it";
    static final String DESCRIPTION = """
            Mechanism  page_pool_destroy marks the pool as inactive. A page that comes home later does not go to the ring to wait for the
                       worker; it is unmapped and freed at once, in the context of whoever lets go of it. The mappings of pages that are out
                       stay.
            Origin     "DMA-inactive: don't recycle, unmap at once", Saeed Mahameed, 26 March 2025. Ilias Apalodimas had asked for pools
                       that only drain on 8 August 2024, but with their pages unmapped early, which became unmap-at-destroy. Facts:
                       free-policies.md P18.
            Cost       None.
            Fails by   As legacy, and sooner: an unmap after the device is gone is the bug (Mina Almasry's reply), whoever makes it. It now
                       happens in a reader's, a timer's or a softirq's context. It spares the last second until the worker's tick.""";

    @Inject
    public DrainOnly() {}

    @Override
    public PoolGuard guardPool(Device device, int poolSize) {
        return new PoolGuard() {
            @Override
            public void firstScrub(PoolTeardown pool) {
                pool.stopRecycling();
            }
        };
    }
}
