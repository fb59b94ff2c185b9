package io.dmalab.netstack.policy;

import io.dmalab.api.device.Device;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.api.policy.PoolGuard;
import io.dmalab.api.policy.PoolTeardown;
import jakarta.inject.Inject;

/** Policy {@code destroy-waits} (free-policies.md P5): page_pool_destroy does not return before the last page is home. */
public final class DestroyWaits implements FreePolicy {
    static final String SUMMARY = "page_pool_destroy blocks until the last page is home, with RTNL and the device's lock held";
    static final String DESCRIPTION = """
            Mechanism  page_pool_destroy empties its ring, looks whether a page is still out, sleeps, and does so again until none is. The
                       driver calls it from its close, under RTNL and, in a removal, under the device's lock; both are held meanwhile.
            Origin     Sketched, never posted as a patch for this bug: Alexander Duyck and Yunsheng Lin, 5 and 6 August 2024; Saeed Mahameed
                       assumed on 26 March 2025 that it works so already. Facts: free-policies.md P5.
            Cost       Nothing on the data path, no memory. The remover waits for the last page; so does everybody who wants to configure
                       any interface of the machine.
            Fails by   Holders without a bound: RTNL is never released. Holders that need RTNL to let go (a tap whose file is closed, a
                       namespace that ends): then nobody can ever go on. A mere ring or MTU change blocks in the same way, though its late
                       unmaps would have been legal.""";

    private final PoolDrain drain;

    @Inject
    public DestroyWaits(Kernel kernel, PoolDrain.Options options) {
        this.drain = new PoolDrain(kernel, options);
    }

    @Override
    public PoolGuard guardPool(Device device, int poolSize) {
        return new PoolGuard() {
            @Override
            public void stillInFlight(PoolTeardown pool) {
                drain.await(pool);
            }
        };
    }
}
