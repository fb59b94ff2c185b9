package io.dmalab.driver.mlx;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.device.Device;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.netstack.NetDevice;
import io.dmalab.netstack.NetDevices;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What the ethtool and ip tools ask of an interface of this driver: finds it under RTNL and changes its parameters. */
public final class Reconfiguration {
    private final Kernel kernel;
    private final NetDevices netdevs;

    @Inject
    public Reconfiguration(Kernel kernel, NetDevices netdevs) {
        this.kernel = kernel;
        this.netdevs = netdevs;
    }

    /** Task context. @return 0 or a negative errno, which the tool would print */
    @KernelFunction("ethnl_default_set_doit")
    int change(String name, String what, UnaryOperator<RingParams> change) {
        netdevs.rtnl().lock();
        try {
            int error = find(name).map(interfaceOf -> interfaceOf.switchParams(change)).orElse(-MlxException.ENODEV);
            kernel.trace().emit(MlxEvents.RECONFIGURE, kernel.trace().text(name), kernel.trace().text(what), error);
            return error;
        } finally {
            netdevs.rtnl().unlock();
        }
    }

    /** By the interface's name: one that is being unregistered is not found any more, though its device still has driver data. */
    private Optional<Mlx5e> find(String name) {
        return netdevs.byName(name).map(NetDevice::device).map(Device::drvdata)
                .filter(Mlx5e.class::isInstance).map(Mlx5e.class::cast)
                .filter(Mlx5e::present);
    }
}
