package io.dmalab.netstack;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceDriver;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.dma.IommuBackend;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.KernelProfile;
import io.dmalab.api.net.BufferHolder;
import io.dmalab.api.net.Holders;
import io.dmalab.api.observe.FindingRecord;
import io.dmalab.api.observe.LogLine;
import io.dmalab.api.observe.Observer;
import io.dmalab.api.observe.TraceRecord;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.core.device.DeviceTreeImpl;
import io.dmalab.core.device.DmaLedger;
import io.dmalab.core.device.DmaMapping;
import io.dmalab.core.device.DriverCore;
import io.dmalab.core.kernel.KernelConfig;
import io.dmalab.core.kernel.SimKernel;
import io.dmalab.core.random.Streams;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A network stack on the real kernel and DMA API, over an IOMMU that is a table, without a platform. One device, {@code eth4}, bound to
 * a driver that does nothing.
 */
final class NetRig implements AutoCloseable {
    static final long SECOND = 1_000_000_000L;
    static final long MS = 1_000_000L;

    final List<TraceRecord> events = new ArrayList<>();
    final List<Holders.Entry> holders = new ArrayList<>();
    final SimKernel kernel;
    final DmaLedger ledger;
    final TableIommu iommu = new TableIommu();
    final Device device;
    final PagePools pools;
    final Softnet softnet;
    final SkBuffs skbs;
    final Stack stack;
    final NetDevices netdevs;

    NetRig() {
        this(config(), new FreePolicy() {});
    }

    NetRig(KernelProfile profile) {
        this(config().withProfile(profile), new FreePolicy() {});
    }

    /** v6.14, HZ 250, 64 KiB pages; ends after an hour or a million events, whichever comes first. */
    static KernelConfig config() {
        return KernelConfig.basic(1).withLimits(3600 * SECOND, 1_000_000);
    }

    NetRig(KernelConfig config, FreePolicy policy) {
        kernel = new SimKernel(config.withObservers(List.of(new Recorder())), new Streams(config.seed()));
        DeviceTreeImpl tree = new DeviceTreeImpl(kernel);
        DriverCore devices = new DriverCore(kernel, d -> new IdleDriver(), alias -> Optional.empty());
        ledger = new DmaLedger(kernel);
        kernel.attach(tree, devices, new DmaMapping(kernel, ledger));
        kernel.policy(policy);
        device = devices.add("0018:01:00.0", "eth4", tree.root());
        device.backend(iommu);
        pools = new PagePools(kernel);
        softnet = new Softnet(kernel);
        skbs = new SkBuffs(kernel, pools, softnet);
        stack = new Stack(kernel, skbs, softnet, () -> holders);
        netdevs = new NetDevices(kernel, pools, skbs, stack, softnet);
    }

    /** Starts {@code body} as a task on CPU 0 with the driver bound; {@link #run} goes on until nothing is left to happen. */
    NetRig task(Runnable body) {
        kernel.sched().spawn("insmod", 0, () -> {
            kernel.devices().bind(device);
            body.run();
        });
        return this;
    }

    /** Runs {@code body} in softirq context on a CPU, {@code delay} nanoseconds from now. */
    void softirq(int cpu, long delay, Runnable body) {
        kernel.sched().at(kernel.clock().now() + delay, ContextKind.SOFTIRQ, cpu, arg -> body.run(), 0);
    }

    NetRig run() {
        kernel.run();
        return this;
    }

    /** Runs {@code body} as a task and everything that follows from it. @throws AssertionError if the task never came to its end */
    NetRig run(Runnable body) {
        boolean[] done = {false};
        task(() -> {
            body.run();
            done[0] = true;
        }).run();
        if (!done[0]) {
            throw new AssertionError("the task is stuck; " + log());
        }
        return this;
    }

    PagePool.Params params() {
        return params(0);
    }

    PagePool.Params params(int poolSize) {
        return params(null, null, poolSize);
    }

    /** Of no interface, owned by softirqs of a CPU, without syncing. */
    PagePool.Params params(int cpu, int poolSize, DmaDirection direction, boolean map) {
        return new PagePool.Params(device, null, null, cpu, poolSize, direction, map, false, 0, 0);
    }

    PagePool.Params params(NetDevice netdev, Napi napi, int poolSize) {
        return new PagePool.Params(device, netdev, napi, -1, poolSize, DmaDirection.FROM_DEVICE, true, true, 65536, 0);
    }

    /** An interface that does nothing. */
    NetDevice netdev(String name) {
        return netdevs.alloc(name, device, new IdleOps());
    }

    void holder(double share, BufferHolder holder) {
        holders.add(new Holders.Entry("test", share, holder));
    }

    List<String> log() {
        return kernel.logLines().stream().map(LogLine::text).flatMap(String::lines).toList();
    }

    List<LogLine> logWith(String part) {
        return kernel.logLines().stream().filter(line -> line.text().contains(part)).toList();
    }

    List<TraceRecord> events(String name) {
        return events.stream().filter(event -> event.type().name().endsWith(":" + name)).toList();
    }

    List<FindingRecord> findings(FindingKind kind) {
        return kernel.findingRecords().stream().filter(finding -> finding.kind() == kind).toList();
    }

    @Override
    public void close() {
        kernel.close();
    }

    private final class Recorder implements Observer {
        @Override
        public void event(TraceRecord event) {
            events.add(event);
        }

        @Override
        public boolean wantsEvents() {
            return true;
        }
    }

    /** A driver that does nothing. */
    private static final class IdleDriver implements DeviceDriver {
        @Override
        public String name() {
            return "mlx5_core";
        }

        @Override
        public void probe(Device device) {}

        @Override
        public void remove(Device device) {}
    }

    /** An interface that swallows what it is to send. */
    static class IdleOps implements NetdevOps {
        @Override
        public int open() {
            return 0;
        }

        @Override
        public int stop() {
            return 0;
        }

        @Override
        public boolean xmit(int skb, int queue) {
            return false;
        }
    }

    /** Hands out one address after the other, counts maps and unmaps of each page, and can refuse. */
    static final class TableIommu implements IommuBackend {
        final TreeMap<Long, Long> entries = new TreeMap<>();
        final List<Long> unmapTimes = new ArrayList<>();
        int maps;
        int unmaps;
        /** Refuses every mapping while above 0; counts down. */
        int refuse;
        Runnable onUnmap = () -> {};
        private long next = 0x800_0000_0000_0000L;

        @Override
        public void attach(Device device) {}

        @Override
        public boolean dmaSupported(Device device, long mask) {
            return true;
        }

        @Override
        public long map(Device device, long physical, long bytes, DmaDirection direction) {
            if (refuse > 0) {
                refuse--;
                return DmaApi.MAPPING_ERROR;
            }
            maps++;
            next += 0x10000;
            entries.put(next, physical);
            return next;
        }

        @Override
        @KernelFunction("dma_iommu_unmap_page")
        public void unmap(Device device, long address, long bytes, DmaDirection direction) {
            unmaps++;
            onUnmap.run();
            if (entries.remove(address) == null) {
                throw new AssertionError("unmap of " + Long.toHexString(address) + ", which is not mapped");
            }
        }

        @Override
        public long translate(Device device, long address, boolean write) {
            return entries.getOrDefault(address, DmaApi.MAPPING_ERROR);
        }

        @Override
        public boolean inUse(Device device) {
            return !entries.isEmpty();
        }
    }
}
