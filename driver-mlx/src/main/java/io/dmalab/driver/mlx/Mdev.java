package io.dmalab.driver.mlx;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.device.Device;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.driver.mlx.hardware.Nic;
import io.dmalab.netstack.NetDevice;
import io.dmalab.netstack.NetDevices;
import io.dmalab.netstack.SkBuffs;

/** What every queue of an adapter needs to know of it (struct mlx5_core_dev and the back pointers of struct mlx5e_channel). */
record Mdev(
        Kernel kernel,
        Device device,
        MlxOptions options,
        RxPages.Factory rxPages,
        Commands commands,
        Nic nic,
        NetDevices netdevs,
        NetDevice netdev,
        SkBuffs skbs) {
    /** An expedited RCU grace period, as synchronize_net takes with RTNL held. */
    private static final long GRACE_NANOS = 20_000;

    /** Every NAPI poll and transmission that began before has ended. Task context. */
    @KernelFunction("synchronize_net")
    void synchronizeNet() {
        kernel.rcu().synchronize(GRACE_NANOS);
    }
}
