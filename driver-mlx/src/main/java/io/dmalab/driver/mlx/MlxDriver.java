package io.dmalab.driver.mlx;

import io.dmalab.api.kernel.Kernel;
import io.dmalab.netstack.NetDevices;
import io.dmalab.netstack.PagePools;
import io.dmalab.netstack.SkBuffs;
import jakarta.inject.Inject;

/**
 * The driver {@code mlx}: mlx5_core as of v6.4 to v6.18, whose receive pages are mapped by the page_pool, unless the policy wants it
 * otherwise.
 */
public final class MlxDriver extends Mlx5Driver {
    @Inject
    public MlxDriver(Kernel kernel, NetDevices netdevs, SkBuffs skbs, PagePools pools, MlxOptions options) {
        super(new Mlx5Core(kernel, netdevs, skbs, options, (mdev, layout, napi) -> kernel.policy().driverMaps(mdev.device())
                ? new LegacyPages(mdev, layout) : new PoolPages(pools, mdev, layout, napi)));
    }
}
