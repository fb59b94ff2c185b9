package io.dmalab.netstack;

import io.dmalab.api.device.Action;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceDriver;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.net.BufferHolder;
import io.dmalab.api.net.Holders;
import io.dmalab.api.net.Workload;
import io.dmalab.api.observe.LogLine;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.core.device.DeviceTreeImpl;
import io.dmalab.core.device.DmaLedger;
import io.dmalab.core.device.DmaMapping;
import io.dmalab.core.device.DriverCore;
import io.dmalab.core.kernel.KernelConfig;
import io.dmalab.core.kernel.SimKernel;
import io.dmalab.core.random.Streams;
import io.dmalab.netstack.actions.Interfaces;
import io.dmalab.netstack.bond.Bonds;
import io.dmalab.netstack.holders.PacketSink;
import io.dmalab.netstack.holders.Processes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A machine without a platform: NICs with a page_pool or virtual Ethernet, the stack above them, holders and actions by name. */
final class TestMachine implements AutoCloseable {
    public static final long MS = 1_000_000L;
    public static final long SECOND = 1_000_000_000L;

    public final SimKernel kernel;
    public final PagePools pools;
    public final SkBuffs skbs;
    public final Stack stack;
    public final NetDevices netdevs;
    public final NetRig.TableIommu iommu = new NetRig.TableIommu();
    public final Bonds bonds;
    private final DeviceTreeImpl tree;
    private final DriverCore devices;
    private final Softnet softnet;
    private final InstanceStreams streams;
    private final Processes processes;
    private final PacketSink sink;
    private final Interfaces interfaces;
    private final List<Holders.Entry> entries = new ArrayList<>();
    private final Holders holders = () -> entries;
    private final Map<String, String> traffic = new LinkedHashMap<>();
    private final Map<String, DeviceDriver> drivers = new LinkedHashMap<>();
    private final ExtensionShelf shelf = new ExtensionShelf();

    public TestMachine() {
        this(KernelConfig.basic(1));
    }

    public TestMachine(KernelConfig config) {
        kernel = new SimKernel(config, new Streams(config.seed()));
        tree = new DeviceTreeImpl(kernel);
        devices = new DriverCore(kernel, device -> drivers.get(device.alias()), this::workload);
        kernel.attach(tree, devices, new DmaMapping(kernel, new DmaLedger(kernel)));
        kernel.policy(new FreePolicy() {});
        pools = new PagePools(kernel);
        softnet = new Softnet(kernel);
        skbs = new SkBuffs(kernel, pools, softnet);
        stack = new Stack(kernel, skbs, softnet, holders);
        netdevs = new NetDevices(kernel, pools, skbs, stack, softnet);
        bonds = new Bonds(kernel, netdevs, skbs);
        streams = new InstanceStreams(kernel);
        processes = new Processes(kernel, streams);
        sink = new PacketSink(kernel, skbs);
        interfaces = new Interfaces(kernel, netdevs);
    }

    private Optional<Workload> workload(String alias) {
        return Optional.ofNullable(traffic.get(alias)).map(spec -> make(Workload.class, spec));
    }

    public <T> T make(Class<T> spi, String spec) {
        return shelf.make(spi, spec, kernel, pools, skbs, stack, netdevs, bonds, streams, processes, sink, interfaces, holders);
    }

    /** A holder for that share of the received packets. */
    public BufferHolder holder(double share, String spec) {
        BufferHolder holder = make(BufferHolder.class, spec);
        entries.add(new Holders.Entry(spec, share, holder));
        return holder;
    }

    /** A NIC with a page_pool; its driver is bound by {@link #boot}. */
    PoolNic nic(String alias, String workload) {
        traffic.put(alias, workload);
        PoolNic nic = new PoolNic(this);
        drivers.put(alias, nic);
        return nic;
    }

    /** A virtual Ethernet adapter; its driver is bound by {@link #boot}. */
    void veth(String alias, String workload) {
        traffic.put(alias, workload);
        drivers.put(alias, make(DeviceDriver.class, "ibmveth"));
    }

    /** Plugs and binds all devices, then runs {@code body}, in the boot task. */
    TestMachine boot(Runnable body) {
        kernel.sched().spawn("swapper/0", 0, () -> {
            int slot = 1;
            for (String alias : drivers.keySet()) {
                Device device = devices.add("000" + slot++ + ":01:00.0", alias, tree.root());
                device.backend(iommu);
                devices.bind(device);
            }
            body.run();
        });
        return this;
    }

    Device device(String alias) {
        return devices.byAlias(alias).orElseThrow();
    }

    /** What a timeline does: the action is made now, and run in a task of its own at its time. */
    public void step(long nanos, String spec) {
        Action action = make(Action.class, spec);
        task(nanos, action.comm(), action::run);
    }

    public void task(long nanos, String comm, Runnable body) {
        int cpu = kernel.sched().cpus() - 1;
        kernel.sched().at(nanos, ContextKind.TIMER, cpu, word -> kernel.sched().spawn(comm, cpu, body), 0);
    }

    /** Runs {@code body} in softirq context of a CPU. */
    public void softirq(long nanos, int cpu, Runnable body) {
        kernel.sched().at(nanos, ContextKind.SOFTIRQ, cpu, word -> body.run(), 0);
    }

    public TestMachine run() {
        kernel.run();
        return this;
    }

    public List<String> log() {
        return kernel.logLines().stream().map(LogLine::text).toList();
    }

    int inflight() {
        return pools.all().stream().mapToInt(PagePool::inflight).sum();
    }

    /** Pages of destroyed pools that are still out, and thus mapped. */
    int late() {
        return pools.all().stream().filter(PagePool::isDestroyed).mapToInt(PagePool::inflight).sum();
    }

    @Override
    public void close() {
        kernel.close();
    }
}
