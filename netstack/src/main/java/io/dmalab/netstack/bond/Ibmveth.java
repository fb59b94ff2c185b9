package io.dmalab.netstack.bond;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.config.Option;
import io.dmalab.api.config.Span;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceDriver;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.netstack.NetDevices;
import io.dmalab.netstack.SkBuffs;
import jakarta.inject.Inject;
import java.util.Optional;

/**
 * The driver of the virtual Ethernet adapter of a partition, l-lan (drivers/net/ethernet/ibm/ibmveth.c, v6.14): the other slave of a hybrid
 * network bond. What it passes up has been copied, or was unmapped before, and holds no page of a page_pool and no TCE. Left out: its
 * buffer pools and their own mappings, checksum offload and large receive, logical LAN hypercalls.
 */
public final class Ibmveth implements DeviceDriver {
    /** What can be set. */
    public record Options(
            @Option(doc = "CPU that its interrupt goes to; by default one in the middle") Optional<Integer> cpu,
            @Option(value = "25us", doc = "time from a packet's arrival to the interrupt; packets that arrive meanwhile come with it")
                    Span interruptDelay) {
        public Options {
            if (interruptDelay.nanos() > 1_000_000_000L) {
                throw new IllegalArgumentException("interrupt-delay " + interruptDelay + " is out of range; use at most 1s");
            }
        }
    }

    private final Kernel kernel;
    private final NetDevices netdevs;
    private final SkBuffs skbs;
    private final Options options;

    @Inject
    public Ibmveth(Kernel kernel, NetDevices netdevs, SkBuffs skbs, Options options) {
        this.kernel = kernel;
        this.netdevs = netdevs;
        this.skbs = skbs;
        this.options = options;
        int cpus = kernel.sched().cpus();
        options.cpu().filter(cpu -> cpu < 0 || cpu >= cpus).ifPresent(cpu -> {
            throw new IllegalArgumentException("cpu " + cpu + " of a machine with " + cpus);
        });
    }

    @Override
    public String name() {
        return "ibmveth";
    }

    @Override
    @KernelFunction(value = "ibmveth_probe", module = "ibmveth")
    public void probe(Device device) {
        int cpu = options.cpu().orElse(kernel.sched().cpus() / 2);
        VethAdapter adapter = new VethAdapter(kernel, netdevs, skbs, device, cpu, options.interruptDelay().nanos());
        device.drvdata(adapter);
        netdevs.register(adapter.netdev());
    }

    @Override
    public void up(Device device) {
        netdevs.open(((VethAdapter) device.drvdata()).netdev());
    }

    @Override
    @KernelFunction(value = "ibmveth_remove", module = "ibmveth")
    public void remove(Device device) {
        VethAdapter adapter = (VethAdapter) device.drvdata();
        netdevs.unregister(adapter.netdev());
        adapter.free();
        device.drvdata(null);
    }
}
