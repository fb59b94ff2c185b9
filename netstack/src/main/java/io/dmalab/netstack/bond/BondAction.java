package io.dmalab.netstack.bond;

import io.dmalab.api.config.Option;
import io.dmalab.api.config.Span;
import io.dmalab.api.device.Action;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.netstack.NetDevice;
import io.dmalab.netstack.NetDevices;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;

/**
 * Sets up a bond as hcnmgr lets NetworkManager do it (powerpc-utils 1.3.13 scripts/hcnmgr, do_config_vdevice): the bond comes up, each
 * slave is taken down, enslaved and thereby brought up again, and the primary one is written to active_slave.
 */
public final class BondAction implements Action {
    /** What can be set. */
    public record Options(
            @Option(value = "bond0", doc = "name of the bond") String name,
            @Option(doc = "interfaces to enslave, in this order") List<String> slaves,
            @Option(doc = "the slave that is made active at the end; none: the first with a link") Optional<String> primary,
            @Option(value = "100ms", doc = "interval of link monitoring; 0s for none") Span miimon,
            @Option(value = "0s", doc = "time before a link counts as up again; a multiple of miimon") Span upDelay,
            @Option(value = "0s", doc = "time before a link counts as down; a multiple of miimon") Span downDelay) {
        public Options {
            slaves = List.copyOf(slaves);
            if (slaves.isEmpty()) {
                throw new IllegalArgumentException("slaves is empty; write e.g. slaves: [eth4, eth5]");
            }
            if (slaves.stream().distinct().count() < slaves.size()) {
                throw new IllegalArgumentException("slaves " + slaves + " names an interface twice; name each once");
            }
            if (primary.isPresent() && !slaves.contains(primary.get())) {
                throw new IllegalArgumentException("primary '" + primary.get() + "' is not a slave; use one of " + String.join(", ",
                        slaves));
            }
            if (miimon.nanos() > 10_000_000_000L) {
                throw new IllegalArgumentException("miimon " + miimon + " is out of range; use 0s to 10s");
            }
            new Bond.Params((int) millis(miimon), rounds(upDelay, miimon), rounds(downDelay, miimon));
        }

        private static long millis(Span span) {
            return span.nanos() / 1_000_000;
        }

        private static int rounds(Span delay, Span miimon) {
            if (millis(delay) == 0) {
                return 0;
            }
            if (millis(miimon) == 0 || millis(delay) % millis(miimon) != 0 || millis(delay) > 3_600_000) {
                throw new IllegalArgumentException("a delay of " + delay + " is not a multiple of miimon " + miimon
                        + ", or too long; use one that is");
            }
            return (int) (millis(delay) / millis(miimon));
        }

        Bond.Params params() {
            return new Bond.Params((int) millis(miimon), rounds(upDelay, miimon), rounds(downDelay, miimon));
        }
    }

    private final Kernel kernel;
    private final NetDevices netdevs;
    private final Bonds bonds;
    private final Tool tool;
    private final Options options;

    @Inject
    public BondAction(Kernel kernel, NetDevices netdevs, Bonds bonds, Options options) {
        this.kernel = kernel;
        this.netdevs = netdevs;
        this.bonds = bonds;
        this.tool = new Tool(kernel, netdevs);
        this.options = options;
        options.slaves().forEach(tool::checkKnown);
    }

    @Override
    public String comm() {
        return "NetworkManager";
    }

    @Override
    public void run() {
        if (netdevs.byName(options.name()).isPresent()) {
            tool.complain("interface " + options.name() + " exists already");
            return;
        }
        Bond bond = bonds.create(options.name(), options.params());
        netdevs.open(bond.dev());
        for (String slave : options.slaves()) {
            netdevs.byName(slave).ifPresentOrElse(dev -> enslave(bond, dev), () -> tool.complain("no interface " + slave));
        }
        options.primary().flatMap(netdevs::byName).ifPresent(dev -> tool.underRtnl(() -> bond.setActive(dev)));
    }

    private void enslave(Bond bond, NetDevice dev) {
        netdevs.close(dev);
        int error = tool.underRtnl(() -> bond.enslave(dev));
        if (error != 0) {
            tool.complain("cannot enslave " + dev.name() + " to " + options.name() + ": error " + -error);
        }
    }
}
