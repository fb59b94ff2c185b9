package io.dmalab.netstack.bond;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.Level;
import io.dmalab.netstack.NetDevice;
import io.dmalab.netstack.NetDevices;
import io.dmalab.netstack.NetdevOps;
import io.dmalab.netstack.ReceiveHandler;
import io.dmalab.netstack.SkBuffs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A bond in active-backup mode (struct bonding, drivers/net/bonding/bond_main.c, v6.14). Packets that the active slave receives are
 * attributed to the bond, those of a backup are not for it. Left out: the other modes, the primary option and its reselection, ARP
 * monitoring, MAC addresses (with fail_over_mac=follow they are swapped between old and new active slave, which here means that the traffic
 * moves).
 */
final class Bond implements NetdevOps {
    private static final int EPERM = 1;
    private static final int EBUSY = 16;
    private static final int EINVAL = 22;

    /**
     * Parameters of a bond.
     *
     * @param miimonMs  interval of link monitoring, 0 for none
     * @param upDelay   rounds of the monitor before a link counts as up again
     * @param downDelay rounds of the monitor before a link counts as down
     */
    record Params(int miimonMs, int upDelay, int downDelay) {}

    private final Kernel kernel;
    private final NetDevices netdevs;
    private final SkBuffs skbs;
    private final Params params;
    private final NetDevice dev;
    private final MiiMonitor monitor;
    private final List<Slave> slaves = new ArrayList<>();
    private Slave active;

    Bond(Kernel kernel, NetDevices netdevs, SkBuffs skbs, String name, Params params) {
        this.kernel = kernel;
        this.netdevs = netdevs;
        this.skbs = skbs;
        this.params = params;
        this.dev = netdevs.alloc(name, null, this);
        this.monitor = new MiiMonitor(kernel, netdevs, this);
    }

    NetDevice dev() {
        return dev;
    }

    Params params() {
        return params;
    }

    /** As an RCU reader sees the list: it may change meanwhile. */
    List<Slave> slaves() {
        return List.copyOf(slaves);
    }

    /** The active slave's interface; empty if there is none. */
    Optional<NetDevice> active() {
        return Optional.ofNullable(active).map(slave -> slave.dev);
    }

    Slave activeSlave() {
        dev.object().read("curr_active_slave");
        return active;
    }

    // net_device_ops

    @Override
    @KernelFunction(value = "bond_open", module = "bonding")
    public int open() {
        monitor.start();
        return 0;
    }

    @Override
    @KernelFunction(value = "bond_close", module = "bonding")
    public int stop() {
        monitor.stop();
        return 0;
    }

    @Override
    @KernelFunction(value = "bond_start_xmit", module = "bonding")
    public boolean xmit(int skb, int queue) {
        Slave slave = activeSlave();
        if (slave == null) {
            skbs.release(skb);
        } else {
            netdevs.xmit(slave.dev, skb);
        }
        return true;
    }

    // receiving

    /** rx_handler of a slave: this is where a packet loses the name of the interface that received it. Softirq context. */
    @KernelFunction(value = "bond_handle_frame", module = "bonding")
    private ReceiveHandler.Result handleFrame(Slave slave, int skb) {
        dev.object().read("slave");
        if (slave.backup) {
            return ReceiveHandler.Result.EXACT;
        }
        skbs.dev(skb, dev);
        return ReceiveHandler.Result.ANOTHER;
    }

    // coming and going of slaves; RTNL held

    /** @return 0 or a negative errno, as netlink hands it to the tool; nothing is logged then */
    @KernelFunction(value = "bond_enslave", module = "bonding")
    int enslave(NetDevice slaveDev) {
        if (slaveDev.master() != null) {
            return -EBUSY;
        }
        if (slaveDev.isUp()) {
            return -EPERM;
        }
        int error = netdevs.openLocked(slaveDev);
        if (error != 0) {
            return error;
        }
        Slave slave = new Slave(slaveDev);
        slave.link = initialLink(slave);
        setBackup(slave, true);
        slaveDev.rxHandler(skb -> handleFrame(slave, skb));
        slaveDev.master(dev);
        dev.object().write("slave");
        slaves.add(slave);
        setCarrier();
        selectActiveSlave();
        info(slave, "Enslaving as " + (slave.backup ? "a backup" : "an active") + " interface with "
                + (slave.link == Slave.Link.DOWN ? "a down" : "an up") + " link");
        return 0;
    }

    private Slave.Link initialLink(Slave slave) {
        if (params.miimonMs() == 0) {
            return Slave.Link.UP;
        }
        if (!slave.linkOk()) {
            return Slave.Link.DOWN;
        }
        slave.delay = params.upDelay();
        return params.upDelay() > 0 ? Slave.Link.BACK : Slave.Link.UP;
    }

    /** @return 0, or -EINVAL if it is not a slave of this bond */
    @KernelFunction(value = "bond_release", module = "bonding")
    int release(NetDevice slaveDev) {
        Optional<Slave> found = slave(slaveDev);
        if (found.isEmpty()) {
            return -EINVAL;
        }
        Slave slave = found.get();
        // the kernel clears the flag first, and so calls every interface that it releases a backup
        setBackup(slave, true);
        slaveDev.rxHandler(null);
        dev.object().write("slave");
        slaves.remove(slave);
        slaveDev.master(null);
        info(slave, "Releasing " + (slave.backup ? "backup" : "active") + " interface");
        if (active == slave) {
            changeActiveSlave(null);
            selectActiveSlave();
        }
        setCarrier();
        netdevs.closeLocked(slaveDev);
        return 0;
    }

    Optional<Slave> slave(NetDevice slaveDev) {
        return slaves.stream().filter(slave -> slave.dev == slaveDev).findFirst();
    }

    /** Write to active_slave in sysfs. @return 0 or a negative errno */
    @KernelFunction(value = "bond_option_active_slave_set", module = "bonding")
    int setActive(NetDevice slaveDev) {
        Optional<Slave> found = slave(slaveDev);
        if (found.isEmpty()) {
            return -EINVAL;
        }
        Slave slave = found.get();
        if (slave == active) {
            return 0;
        }
        if (slave.link != Slave.Link.UP || !slave.linkOk()) {
            kernel.printk().print(Level.ERR, dev.name() + ": (slave " + slaveDev.name() + "): Could not set " + slaveDev.name()
                    + " as active slave; either " + slaveDev.name() + " is down or the link is down");
            return -EINVAL;
        }
        changeActiveSlave(slave);
        return 0;
    }

    // choice of the active slave; RTNL held

    @KernelFunction(value = "bond_select_active_slave", module = "bonding")
    void selectActiveSlave() {
        Slave best = findBestSlave();
        if (best == active) {
            return;
        }
        changeActiveSlave(best);
        if (setCarrier()) {
            kernel.printk().info(dev.name() + (dev.carrierOn() ? ": active interface up!" : ": now running without any active interface!"));
        }
    }

    /** The one that is active as long as its link is up, else the first with a link, else the one whose delay ends first. */
    private Slave findBestSlave() {
        if (active != null && active.link == Slave.Link.UP) {
            return active;
        }
        Slave best = null;
        for (Slave slave : slaves) {
            if (slave.link == Slave.Link.UP) {
                return slave;
            }
            if (slave.link == Slave.Link.BACK && slave.dev.isUp() && slave.delay < (best == null ? params.upDelay() : best.delay)) {
                best = slave;
            }
        }
        return best;
    }

    @KernelFunction(value = "bond_change_active_slave", module = "bonding")
    private void changeActiveSlave(Slave next) {
        Slave old = active;
        if (next != null && next.link == Slave.Link.BACK) {
            info(next, "making interface the new active one " + (params.upDelay() - next.delay) * params.miimonMs() + " ms earlier");
            next.delay = 0;
            next.link = Slave.Link.UP;
        } else if (next != null) {
            info(next, "making interface the new active one");
        }
        dev.object().write("curr_active_slave");
        active = next;
        if (old != null) {
            setBackup(old, true);
        }
        if (next != null) {
            setBackup(next, false);
        }
        kernel.trace().emit(BondEvents.ACTIVE_CHANGED, kernel.trace().text(dev.name()), name(old), name(next));
    }

    private long name(Slave slave) {
        return kernel.trace().text(slave == null ? "none" : slave.dev.name());
    }

    /** bond_set_slave_active_flags and inactive_flags. With the active flag go the bond's MAC address and with it the traffic. */
    private static void setBackup(Slave slave, boolean backup) {
        slave.backup = backup;
        slave.dev.receivesTraffic(!backup);
    }

    /** The bond has a carrier if any slave's link is up; true if that has changed. */
    @KernelFunction(value = "bond_set_carrier", module = "bonding")
    boolean setCarrier() {
        boolean up = slaves.stream().anyMatch(slave -> slave.link == Slave.Link.UP);
        if (up == dev.carrierOn()) {
            return false;
        }
        dev.carrier(up);
        return true;
    }

    void info(Slave slave, String text) {
        kernel.printk().info(dev.name() + ": (slave " + slave.dev.name() + "): " + text);
    }
}
