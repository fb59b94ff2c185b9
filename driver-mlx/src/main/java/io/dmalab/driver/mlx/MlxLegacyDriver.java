package io.dmalab.driver.mlx;

import io.dmalab.api.kernel.Kernel;
import io.dmalab.netstack.NetDevices;
import io.dmalab.netstack.SkBuffs;
import jakarta.inject.Inject;

/**
 * The driver {@code mlx-legacy}: mlx5_core up to v6.2, which maps its receive pages itself and unmaps them when it lets go (facts/
 * mlx-driver.md 9).
 */
public final class MlxLegacyDriver extends Mlx5Driver {
    @Inject
    public MlxLegacyDriver(Kernel kernel, NetDevices netdevs, SkBuffs skbs, MlxOptions options) {
        super(new Mlx5Core(kernel, netdevs, skbs, options, (mdev, layout, napi) -> new LegacyPages(mdev, layout)));
    }
}
