package io.dmalab.driver.mlx;

import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceDriver;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.netstack.NetDevices;
import io.dmalab.netstack.SkBuffs;
import jakarta.inject.Inject;

/**
 * The driver {@code mlx-legacy}: mlx5_core up to v6.2, which maps its receive pages itself and unmaps them when it lets go (facts/
 * mlx-driver.md 9).
 */
public final class MlxLegacyDriver implements DeviceDriver {
    private final Mlx5Core core;

    @Inject
    public MlxLegacyDriver(Kernel kernel, NetDevices netdevs, SkBuffs skbs, MlxOptions options) {
        core = new Mlx5Core(kernel, netdevs, skbs, options, (mdev, layout, napi) -> new LegacyPages(mdev, layout));
    }

    @Override
    public String name() {
        return "mlx5_core";
    }

    @Override
    public void probe(Device device) {
        core.probe(device);
    }

    @Override
    public void up(Device device) {
        core.up();
    }

    @Override
    public void remove(Device device) {
        core.remove();
    }

    Mlx5Core core() {
        return core;
    }
}
