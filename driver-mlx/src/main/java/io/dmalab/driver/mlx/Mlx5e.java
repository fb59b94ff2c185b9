package io.dmalab.driver.mlx;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.Mutex;
import io.dmalab.api.kernel.Trace;
import io.dmalab.netstack.NetDevice;
import io.dmalab.netstack.NetdevOps;
import io.dmalab.netstack.PagePoolException;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The interface of an adapter (struct mlx5e_priv, drivers/net/ethernet/mellanox/mlx5/core/en_main.c, v6.14): up, down, and the
 * reconfigurations that replace all channels. Left out: flow steering but for its RSS table, statistics, representors, offloads.
 */
final class Mlx5e implements NetdevOps {
    private static final long PRIV_BYTES = 32768;

    private final Mdev mdev;
    private final KernelObject priv;
    private final Mutex stateLock;
    private Channels channels;
    private RingParams params;
    private boolean opened;
    private boolean active;
    private boolean detached;

    Mlx5e(Mdev mdev, RingParams params) {
        this.mdev = mdev;
        this.params = params;
        this.priv = mdev.kernel().memory().kzalloc("mlx5e_priv", PRIV_BYTES);
        this.stateLock = mdev.kernel().locks().mutex("&priv->state_lock");
        mdev.nic().moderate(mdev.options().rxCoalesceFrames(), mdev.options().rxCoalesce().nanos());
        mdev.netdev().txQueues(params.channels());
    }

    NetDevice netdev() {
        return mdev.netdev();
    }

    RingParams params() {
        return params;
    }

    /** Channels in use; none while the interface is down. */
    List<Channel> channels() {
        return channels == null ? List.of() : channels.list();
    }

    /** The memory of the private data, when the interface is unregistered. */
    void free() {
        mdev.kernel().memory().free(priv);
    }

    // net_device_ops

    @Override
    @KernelFunction(value = "mlx5e_open", module = "mlx5_core")
    public int open() {
        stateLock.lock();
        try {
            return openLocked();
        } finally {
            stateLock.unlock();
        }
    }

    @KernelFunction(value = "mlx5e_open_locked", module = "mlx5_core")
    private int openLocked() {
        priv.write("state");
        Channels fresh = new Channels(mdev, params);
        try {
            fresh.open();
        } catch (MlxException e) {
            return -e.errno();
        } catch (PagePoolException e) {
            return -e.errno();
        }
        opened = true;
        channels = fresh;
        activatePrivChannels();
        mdev.netdev().carrier(true);
        return 0;
    }

    /** The second call finds nothing to do; a detached device is refused, and keeps what it has. */
    @Override
    @KernelFunction(value = "mlx5e_close", module = "mlx5_core")
    public int stop() {
        if (!present()) {
            return -MlxException.ENODEV;
        }
        stateLock.lock();
        try {
            return closeLocked();
        } finally {
            stateLock.unlock();
        }
    }

    @KernelFunction(value = "mlx5e_close_locked", module = "mlx5_core")
    private int closeLocked() {
        priv.read("state");
        if (!opened) {
            return 0;
        }
        priv.write("state");
        opened = false;
        mdev.netdev().carrier(false);
        deactivatePrivChannels();
        channels.close();
        channels = null;
        return 0;
    }

    @Override
    public boolean xmit(int skb, int queue) {
        priv.read("state");
        return active && channels.list().get(queue % channels.list().size()).xmit(skb);
    }

    @Override
    public boolean present() {
        priv.read("state");
        return !detached;
    }

    // channels

    @KernelFunction(value = "mlx5e_activate_priv_channels", module = "mlx5_core")
    private void activatePrivChannels() {
        priv.write("state");
        active = true;
        channels.activate();
        if (!channels.waitForMinRxWqes()) {
            mdev.kernel().printk().warn("mlx5_core " + mdev.device().name() + " " + mdev.netdev().name() + ": Failed to get min RX wqes");
        }
        mdev.nic().steer(channels.ports(), params.layout(mdev.kernel().pages().pageShift()).longestFrame());
    }

    @KernelFunction(value = "mlx5e_deactivate_priv_channels", module = "mlx5_core")
    private void deactivatePrivChannels() {
        mdev.nic().steerToDropRq();
        priv.write("state");
        active = false;
        for (int queue = 0; queue < mdev.netdev().txQueues(); queue++) {
            mdev.netdev().stopQueue(queue);
        }
        channels.deactivate();
    }

    /**
     * Changes parameters. The new channels are opened beside the old ones, which are closed only after the switch: for a while both have
     * pools and mappings. RTNL held.
     *
     * @return 0 or a negative errno; after an error everything is as before
     */
    @KernelFunction(value = "mlx5e_safe_switch_params", module = "mlx5_core")
    int switchParams(UnaryOperator<RingParams> change) {
        stateLock.lock();
        try {
            RingParams wanted = change.apply(params);
            if (opened) {
                return switchChannels(wanted);
            }
            params = wanted;
            return 0;
        } finally {
            stateLock.unlock();
        }
    }

    private int switchChannels(RingParams wanted) {
        Channels fresh = new Channels(mdev, wanted);
        try {
            fresh.open();
        } catch (MlxException e) {
            return -e.errno();
        } catch (PagePoolException e) {
            return -e.errno();
        }
        switchPrivChannels(fresh);
        return 0;
    }

    @KernelFunction(value = "mlx5e_switch_priv_channels", module = "mlx5_core")
    private void switchPrivChannels(Channels fresh) {
        boolean carrier = mdev.netdev().carrierOn();
        mdev.netdev().carrier(false);
        deactivatePrivChannels();
        priv.write("channels");
        Channels old = channels;
        channels = fresh;
        params = fresh.params();
        old.close();
        activatePrivChannels();
        mdev.netdev().carrier(carrier);
        Trace trace = mdev.kernel().trace();
        trace.emit(MlxEvents.SWITCH, trace.text(mdev.netdev().name()), 1L << params.logRx(), 1L << params.logTx(), params.mtu());
    }

    // PCI errors and health recovery

    /** The device is about to be reset: closes the interface, then marks it detached. Takes RTNL. Task context. */
    @KernelFunction(value = "mlx5e_detach_netdev", module = "mlx5_core")
    void detach() {
        mdev.netdevs().rtnl().lock();
        try {
            stop();
            priv.write("state");
            detached = true;
        } finally {
            mdev.netdevs().rtnl().unlock();
        }
    }

    /** The reset is done: reopens the interface if it is up. Takes RTNL. Task context. @return 0 or a negative errno */
    @KernelFunction(value = "mlx5e_attach_netdev", module = "mlx5_core")
    int attach() {
        mdev.netdevs().rtnl().lock();
        try {
            priv.write("state");
            detached = false;
            return mdev.netdev().isUp() ? open() : 0;
        } finally {
            mdev.netdevs().rtnl().unlock();
        }
    }
}
