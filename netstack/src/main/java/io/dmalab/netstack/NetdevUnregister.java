package io.dmalab.netstack;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.device.HotplugEvent.NetdevChanged.Phase;
import io.dmalab.api.kernel.Clock;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.Level;
import io.dmalab.api.net.HolderEvent;
import io.dmalab.api.policy.Verdict;
import io.dmalab.netstack.NetDevice.Registration;

/**
 * How an interface goes (unregister_netdevice_many, netdev_run_todo, netdev_wait_allrefs_any, net/core/dev.c, v6.14), for one interface
 * at a time. It waits for references to the interface, never for packets; a policy may stall it by way of a reference.
 */
final class NetdevUnregister {
    /** WAIT_REFS_MIN_MSECS and WAIT_REFS_MAX_MSECS. */
    private static final long MIN_WAIT_MS = 1;
    private static final long MAX_WAIT_MS = 250;
    /** net.core.netdev_unregister_timeout_secs. */
    private static final long WARN_S = 10;
    /** synchronize_net under RTNL is an expedited grace period; its length is assumed. */
    private static final long GRACE_PERIOD_NANOS = 50_000;

    private final Kernel kernel;
    private final Clock clock;
    private final NetDevices netdevs;
    private final PagePools pools;

    NetdevUnregister(Kernel kernel, NetDevices netdevs, PagePools pools) {
        this.kernel = kernel;
        this.clock = kernel.clock();
        this.netdevs = netdevs;
        this.pools = pools;
    }

    @KernelFunction("unregister_netdev")
    void unregister(NetDevice dev) {
        netdevs.rtnl().lock();
        boolean stalled = unregisterLocked(dev);
        netdevs.rtnl().unlock();
        waitForReferences(dev, stalled);
        dev.registration(Registration.UNREGISTERED);
        netdevs.free(dev);
    }

    /** True if the policy stalls. */
    @KernelFunction("unregister_netdevice_many_notify")
    private boolean unregisterLocked(NetDevice dev) {
        netdevs.closeLocked(dev);
        netdevs.unlist(dev);
        dev.registration(Registration.UNREGISTERING);
        netdevs.stack().flushAllBacklogs();
        synchronizeNet();
        boolean stalled = broadcast(dev, Phase.UNREGISTER, false);
        netdevs.stack().event(new HolderEvent.Unregister(dev.name()));
        synchronizeNet();
        dev.put();
        return stalled;
    }

    private void synchronizeNet() {
        kernel.rcu().synchronize(GRACE_PERIOD_NANOS);
    }

    /**
     * NETDEV_UNREGISTER, where page_pool looks after its pools. The policy's reference comes and goes here. It is too late to refuse,
     * so every verdict but to wait is to go on. True if the reference is held now.
     */
    private boolean broadcast(NetDevice dev, Phase phase, boolean stalled) {
        netdevs.notify(phase, dev);
        Verdict verdict = dev.device() == null ? Verdict.PROCEED
                : kernel.policy().unregister(dev.device(), dev.name(), pools.inflight(dev));
        if (verdict instanceof Verdict.WaitFor wait) {
            if (!stalled) {
                dev.hold();
            } else {
                kernel.printk().warn(dev.logName() + ": " + wait.why());
            }
            return true;
        }
        if (stalled) {
            dev.put();
        }
        NetDevice loopback = netdevs.loopback();
        pools.unregister(dev, dev == loopback ? null : loopback);
        return false;
    }

    @KernelFunction("netdev_wait_allrefs_any")
    private void waitForReferences(NetDevice dev, boolean stalledBefore) {
        boolean stalled = stalledBefore;
        long rebroadcast = clock.jiffies();
        long warning = rebroadcast;
        long wait = 0;
        while (dev.references() != 1) {
            if (clock.jiffies() > rebroadcast + clock.hz()) {
                netdevs.rtnl().lock();
                stalled = broadcast(dev, Phase.UNREGISTER_AGAIN, stalled);
                netdevs.rtnl().unlock();
                rebroadcast = clock.jiffies();
            }
            if (wait == 0) {
                wait = MIN_WAIT_MS;
            } else {
                kernel.sched().msleep(wait);
                wait = Math.min(2 * wait, MAX_WAIT_MS);
            }
            if (dev.references() != 1 && clock.jiffies() > warning + WARN_S * clock.hz()) {
                kernel.printk().print(Level.EMERG, "unregister_netdevice: waiting for " + dev.name() + " to become free. Usage count = "
                        + dev.references());
                warning = clock.jiffies();
            }
        }
    }
}
