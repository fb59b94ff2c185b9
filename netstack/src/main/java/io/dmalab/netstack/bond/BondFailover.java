package io.dmalab.netstack.bond;

import io.dmalab.api.config.Option;
import io.dmalab.api.device.Action;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.netstack.NetDevice;
import io.dmalab.netstack.NetDevices;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;

/**
 * Moves a bond's traffic to another slave. The way of hcnmgr's hcnrmdev, which precedes the removal of an SR-IOV port (powerpc-utils 1.3.13
 * scripts/hcnmgr, rmdev): NetworkManager deletes the connection of the active slave; the kernel releases it, chooses another and closes the
 * interface; NetworkManager then brings the released interface up again, to watch its carrier. Packets that the stack holds keep their
 * pages.
 */
public final class BondFailover implements Action {
    /** How the traffic is moved. */
    public enum How {
        /** The slave that is active, or {@code from}, is released from the bond. */
        RELEASE,
        /** Another slave is written to active_slave; all stay in the bond. */
        SET_ACTIVE
    }

    /** What can be set. */
    public record Options(
            @Option(value = "bond0", doc = "name of the bond") String bond,
            @Option(doc = "slave that takes over; none: the first other one with a link") Optional<String> to,
            @Option(doc = "slave that is released; none: the one that is active, or if that is 'to' the first other one")
                    Optional<String> from,
            @Option(value = "release",
                    doc = "release: delete the slave's connection, as hcnmgr does; set-active: write active_slave, all stay in the bond")
                    How how,
            @Option(value = "on", doc = "NetworkManager brings the released interface up again") boolean reopen) {
        public Options {
            if (how == How.SET_ACTIVE && to.isEmpty()) {
                throw new IllegalArgumentException("how: set-active needs the slave that takes over; add to: ...");
            }
            if (to.isPresent() && to.equals(from)) {
                throw new IllegalArgumentException("'" + to.get() + "' cannot both be released and take over; name two slaves");
            }
        }
    }

    private final NetDevices netdevs;
    private final Bonds bonds;
    private final Tool tool;
    private final Options options;

    @Inject
    public BondFailover(Kernel kernel, NetDevices netdevs, Bonds bonds, Options options) {
        this.netdevs = netdevs;
        this.bonds = bonds;
        this.tool = new Tool(kernel, netdevs);
        this.options = options;
        options.to().ifPresent(tool::checkKnown);
        options.from().ifPresent(tool::checkKnown);
    }

    @Override
    public String comm() {
        return options.how() == How.RELEASE ? "NetworkManager" : "bash";
    }

    @Override
    public void run() {
        Optional<Bond> found = bonds.byName(options.bond());
        if (found.isEmpty()) {
            tool.complain("no bond " + options.bond());
            return;
        }
        Bond bond = found.get();
        if (options.how() == How.RELEASE) {
            release(bond);
        }
        options.to().ifPresent(name -> setActive(bond, name));
    }

    private void release(Bond bond) {
        Optional<NetDevice> leaving = leaving(bond);
        if (leaving.isEmpty()) {
            tool.complain("no slave of " + options.bond() + " to release");
            return;
        }
        NetDevice dev = leaving.get();
        if (bond.slaves().size() < 2) {
            // hcnqrydev: device busy, no backup device
            tool.complain("error code 16, Network device busy, no backup device");
            return;
        }
        tool.underRtnl(() -> bond.release(dev));
        if (options.reopen()) {
            netdevs.open(dev);
        }
    }

    private Optional<NetDevice> leaving(Bond bond) {
        List<NetDevice> slaves = bond.slaves().stream().map(slave -> slave.dev).toList();
        if (options.from().isPresent()) {
            return slaves.stream().filter(dev -> dev.name().equals(options.from().get())).findFirst();
        }
        Optional<NetDevice> active = bond.active().filter(dev -> !options.to().filter(dev.name()::equals).isPresent());
        return active.isPresent() ? active : slaves.stream().filter(dev ->
                !options.to().filter(dev.name()::equals).isPresent()).findFirst();
    }

    private void setActive(Bond bond, String name) {
        int error = netdevs.byName(name).map(dev -> tool.underRtnl(() -> bond.setActive(dev))).orElse(-Tool.ENODEV);
        if (error != 0) {
            tool.complain(name + " cannot take over " + options.bond() + ": error " + -error);
        }
    }
}
