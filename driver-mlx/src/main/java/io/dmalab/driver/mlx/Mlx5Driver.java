package io.dmalab.driver.mlx;

import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceDriver;

/** What both drivers of the card do alike (drivers/net/ethernet/mellanox/mlx5/core/main.c): all but who maps the receive pages. */
abstract sealed class Mlx5Driver implements DeviceDriver permits MlxDriver, MlxLegacyDriver {
    private final Mlx5Core core;

    Mlx5Driver(Mlx5Core core) {
        this.core = core;
    }

    @Override
    public final String name() {
        return "mlx5_core";
    }

    @Override
    public final void probe(Device device) {
        core.probe(device);
    }

    @Override
    public final void up(Device device) {
        core.up();
    }

    @Override
    public final void remove(Device device) {
        core.remove();
    }

    final Mlx5Core core() {
        return core;
    }
}
