package io.dmalab.netstack.bond;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.Work;
import io.dmalab.netstack.NetDevices;

/**
 * Link monitoring of a bond (bond_mii_monitor, drivers/net/bonding/bond_main.c, v6.14): looks at every slave's carrier each miimon
 * interval, and acts under RTNL if it can have it at once, else a tick later. Left out: MII registers (use_carrier=1), the rate limit of
 * its messages about delays, the complaint about an "invalid new link" that some versions print while a delay runs.
 */
final class MiiMonitor {
    private final Kernel kernel;
    private final NetDevices netdevs;
    private final Bond bond;
    private final Work work;
    private int cpu;
    private boolean running;

    MiiMonitor(Kernel kernel, NetDevices netdevs, Bond bond) {
        this.kernel = kernel;
        this.netdevs = netdevs;
        this.bond = bond;
        this.work = kernel.workqueue(bond.dev().name()).work("bond_mii_monitor", this::monitor);
    }

    /** Task context. */
    void start() {
        if (bond.params().miimonMs() > 0) {
            running = true;
            cpu = kernel.sched().cpu();
            work.queue(cpu);
        }
    }

    /** Task context. */
    void stop() {
        running = false;
        work.cancelSync();
    }

    @KernelFunction(value = "bond_mii_monitor", module = "bonding")
    private void monitor() {
        long delay = kernel.clock().msecsToJiffies(bond.params().miimonMs());
        if (inspect()) {
            if (netdevs.rtnl().tryLock()) {
                commit();
                netdevs.rtnl().unlock();
            } else {
                delay = 1;
            }
        }
        if (running) {
            work.queueDelayed(cpu, delay);
        }
    }

    /** Looks at every slave and proposes what is to change; true if anything is. */
    @KernelFunction(value = "bond_miimon_inspect", module = "bonding")
    private boolean inspect() {
        boolean ignoreUpDelay = bond.activeSlave() == null;
        boolean commit = false;
        for (Slave slave : bond.slaves()) {
            slave.proposed = null;
            boolean ok = slave.linkOk();
            commit |= switch (slave.link) {
                case UP -> !ok && failing(slave);
                case FAIL -> fail(slave, ok);
                case DOWN -> ok && comingBack(slave, ignoreUpDelay);
                case BACK -> back(slave, ok, ignoreUpDelay);
            };
            ignoreUpDelay &= slave.proposed != Slave.Link.UP;
        }
        return commit;
    }

    private boolean failing(Slave slave) {
        slave.proposed = Slave.Link.FAIL;
        slave.delay = bond.params().downDelay();
        if (slave.delay > 0) {
            bond.info(slave, "link status down for " + (slave.backup ? "backup" : "active") + " interface, disabling it in "
                    + slave.delay * bond.params().miimonMs() + " ms");
        }
        fail(slave, false);
        return true;
    }

    private boolean fail(Slave slave, boolean ok) {
        if (ok) {
            slave.proposed = Slave.Link.UP;
            bond.info(slave, "link status up again after " + (bond.params().downDelay() - slave.delay) * bond.params().miimonMs() + " ms");
            return true;
        }
        if (slave.delay <= 0) {
            slave.proposed = Slave.Link.DOWN;
            return true;
        }
        slave.delay--;
        return false;
    }

    private boolean comingBack(Slave slave, boolean ignoreUpDelay) {
        slave.proposed = Slave.Link.BACK;
        slave.delay = bond.params().upDelay();
        if (slave.delay > 0) {
            bond.info(slave, "link status up, enabling it in " + (ignoreUpDelay ? 0 : slave.delay * bond.params().miimonMs()) + " ms");
        }
        back(slave, true, ignoreUpDelay);
        return true;
    }

    private boolean back(Slave slave, boolean ok, boolean ignoreUpDelay) {
        if (!ok) {
            slave.proposed = Slave.Link.DOWN;
            bond.info(slave, "link status down again after " + (bond.params().upDelay() - slave.delay) * bond.params().miimonMs() + " ms");
            return true;
        }
        if (ignoreUpDelay) {
            slave.delay = 0;
        }
        if (slave.delay <= 0) {
            slave.proposed = Slave.Link.UP;
            return true;
        }
        slave.delay--;
        return false;
    }

    /** Carries out what was proposed. RTNL held. */
    @KernelFunction(value = "bond_miimon_commit", module = "bonding")
    private void commit() {
        boolean failOver = false;
        for (Slave slave : bond.slaves()) {
            if (slave.proposed == null) {
                continue;
            }
            slave.link = slave.proposed;
            slave.proposed = null;
            if (slave.link == Slave.Link.UP) {
                // the speed of the emulated links is not known to their interfaces
                bond.info(slave, "link status definitely up, 0 Mbps full duplex");
                failOver |= bond.activeSlave() == null;
            } else if (slave.link == Slave.Link.DOWN) {
                bond.info(slave, "link status definitely down, disabling slave");
                failOver |= bond.activeSlave() == slave;
            }
        }
        if (failOver) {
            bond.selectActiveSlave();
        }
        bond.setCarrier();
    }
}
