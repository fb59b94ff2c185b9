package io.dmalab.platform.pseries;

import io.dmalab.api.Components;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceDriver;
import io.dmalab.api.device.Platform.Outcome;
import io.dmalab.api.dma.DmaAllocator;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.observe.FindingRecord;
import io.dmalab.api.observe.LogLine;
import io.dmalab.api.observe.Observer;
import io.dmalab.api.observe.TraceRecord;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.core.device.DeviceTreeImpl;
import io.dmalab.core.device.DmaLedger;
import io.dmalab.core.device.DmaMapping;
import io.dmalab.core.device.DriverCore;
import io.dmalab.core.explore.Names;
import io.dmalab.core.explore.Points;
import io.dmalab.core.explore.Setup;
import io.dmalab.core.explore.World;
import io.dmalab.core.kernel.KernelConfig;
import io.dmalab.core.kernel.SimKernel;
import io.dmalab.core.random.Streams;
import io.dmalab.core.scenario.Configured;
import io.dmalab.platform.pseries.dlpar.DlparNodes;
import io.dmalab.platform.pseries.dlpar.DrcRelease;
import io.dmalab.platform.pseries.dlpar.Drmgr;
import io.dmalab.platform.pseries.dlpar.RpaDlpar;
import io.dmalab.platform.pseries.dlpar.Slots;
import io.dmalab.platform.pseries.hvcall.Firmware;
import io.dmalab.platform.pseries.hvcall.PlparHcalls;
import io.dmalab.platform.pseries.hvcall.Rtas;
import io.dmalab.platform.pseries.hypervisor.Hypervisor;
import io.dmalab.platform.pseries.iommu.DevArchdata;
import io.dmalab.platform.pseries.iommu.FailIommu;
import io.dmalab.platform.pseries.iommu.IommuTable;
import io.dmalab.platform.pseries.iommu.IommuTableBitmap;
import io.dmalab.platform.pseries.iommu.IommuTables;
import io.dmalab.platform.pseries.kernel.KernelLog;
import io.dmalab.platform.pseries.pci.PciDnNotifier;
import io.dmalab.platform.pseries.tce.TceFailures;
import io.dmalab.platform.pseries.tce.TceOps;
import io.dmalab.platform.pseries.tce.TcePages;
import io.dmalab.platform.pseries.window.DdwBackend;
import io.dmalab.platform.pseries.window.DdwParts;
import io.dmalab.platform.pseries.window.DdwRtasCalls;
import io.dmalab.platform.pseries.window.DefaultWindowBackend;
import io.dmalab.platform.pseries.window.DirectWindowBackend;
import io.dmalab.platform.pseries.window.DmaWinList;
import io.dmalab.platform.pseries.window.EnableDdw;
import io.dmalab.platform.pseries.window.IommuBusNotifier;
import io.dmalab.platform.pseries.window.IommuMemNotifier;
import io.dmalab.platform.pseries.window.IommuReconfigNotifier;
import io.dmalab.platform.pseries.window.PartitionMemoryMap;
import io.dmalab.platform.pseries.window.PciDmaSetup;
import io.dmalab.platform.pseries.window.WindowRemoval;
import io.dmalab.platform.pseries.window.WindowTces;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A partition put together by hand: the engine, this module, and a driver that does what a test tells it. */
public final class TestPartition implements AutoCloseable {
    public static final long MASK_64 = -1L;

    public final SimKernel kernel;
    public final List<TraceRecord> events = new ArrayList<>();
    public final Firmware firmware;
    public final PlparHcalls hcalls;
    public final Rtas rtas;
    public final IommuTables tables;
    public final FailIommu fail;
    public final TceOps ops;
    public final DdwParts ddw;
    public final DmaWinList windows;
    public final WindowTces windowTces;
    public final WindowRemoval removal;
    public final EnableDdw enableDdw;
    public final PciDmaSetup setup;
    public final RpaDlpar rpadlpar;
    public final DlparNodes nodes;
    public final Drmgr drmgr;
    public final Slots slots;
    public final PseriesOptions options;
    public final DmaLedger ledger;
    final PseriesPlatform platform;
    /** What the driver does at probe. By default it asks for 64 bits, twice, as drivers do for streaming and coherent memory. */
    public Consumer<Device> probe = device -> {
        kernel().dma().setMask(device, MASK_64);
        kernel().dma().setMask(device, MASK_64);
    };
    public Consumer<Device> remove = device -> {};

    private final KernelLog log;

    /** A builder of partitions; the defaults are the seed's platform on the kernel that {@link KernelConfig#basic} has. */
    public static final class Builder {
        private KernelConfig config = KernelConfig.basic(1).withTimers(250, true);
        private String options = "pseries,tool-step=0ns";
        private FreePolicy policy = new FreePolicy() {};
        private boolean recorded = true;
        private Optional<Setup> exploration = Optional.empty();
        private java.util.function.UnaryOperator<PseriesOptions> change = o -> o;

        public Builder config(java.util.function.UnaryOperator<KernelConfig> edit) {
            config = edit.apply(config);
            return this;
        }

        public Builder ram(long bytes) {
            return config(c -> new KernelConfig(c.profile(), c.hz(), c.exactTimers(), c.pageSize(), c.cpus(), c.seed(), bytes, c.kasan(),
                    c.reuseAfter(), c.hardwareName(), c.timeLimitNanos(), c.eventLimit(), c.observers()));
        }

        /** {@code drc-type=slot,adapter=dedicated}. */
        public Builder options(String text) {
            options += text.isEmpty() ? "" : "," + text;
            return this;
        }

        public Builder change(java.util.function.UnaryOperator<PseriesOptions> edit) {
            change = edit;
            return this;
        }

        /** Under the scheduler of an exploration, which begins when the first task ends. @param narrate whether somebody is told about it */
        public Builder explored(boolean narrate) {
            exploration = Optional.of(new Setup(new Names(), (enabled, depth) -> 0, World.of(Points.ALL, Long.MAX_VALUE, false), 100, false, narrate));
            return quiet();
        }

        /** Without a record of the events. */
        public Builder quiet() {
            recorded = false;
            return this;
        }

        public Builder policy(FreePolicy value) {
            policy = value;
            return this;
        }

        public TestPartition build() {
            PseriesOptions parsed = (PseriesOptions) Configured.parse(options, "test").bind(Optional.of(PseriesOptions.class), List.of());
            return new TestPartition(config, change.apply(parsed), policy, recorded, exploration);
        }
    }

    public static Builder builder() {
        return new Builder();
    }

    private TestPartition(KernelConfig config, PseriesOptions options, FreePolicy policy, boolean recorded, Optional<Setup> exploration) {
        this.options = options;
        kernel = new SimKernel(config.withObservers(recorded ? List.of(new Recorder()) : List.of()), new Streams(config.seed()),
                exploration);
        ledger = new DmaLedger(kernel);
        kernel.attach(new DeviceTreeImpl(kernel), new DriverCore(kernel, device -> new ScriptedDriver(), alias -> Optional.empty()),
                new DmaMapping(kernel, ledger));
        kernel.policy(policy);
        firmware = new Firmware(kernel);
        log = new KernelLog(kernel);
        fail = new FailIommu(kernel);
        tables = new IommuTables(kernel, new Parts(), log, fail);
        hcalls = new PlparHcalls(kernel, firmware);
        TcePages pages = new TcePages(kernel);
        ops = new TceOps(kernel, firmware, hcalls, pages, new TceFailures(kernel, firmware));
        rtas = new Rtas(kernel, firmware);
        windowTces = new WindowTces(kernel, firmware, hcalls, pages);
        removal = new WindowRemoval(kernel, firmware, rtas, windowTces);
        windows = new DmaWinList(kernel);
        PartitionMemoryMap memory = new PartitionMemoryMap(kernel);
        ddw = new DdwParts(new DdwRtasCalls(rtas, log), windowTces, removal, windows, memory, tables, ops, log);
        enableDdw = new EnableDdw(kernel, log, windows, memory, ddw);
        setup = new PciDmaSetup(kernel, ddw);
        slots = new Slots();
        rpadlpar = new RpaDlpar(kernel, slots);
        nodes = new DlparNodes(kernel);
        drmgr = new Drmgr(kernel, firmware, hcalls, rpadlpar, nodes, new DrcRelease(kernel, firmware, rtas, windows), slots);
        PseriesNotifiers notifiers = new PseriesNotifiers(kernel, new IommuReconfigNotifier(kernel, ddw), new PciDnNotifier(),
                new IommuMemNotifier(kernel, windows, windowTces, memory), new IommuBusNotifier(setup));
        platform = new PseriesPlatform(kernel, options, new Parts(), firmware, tables, fail, notifiers, drmgr, slots);
    }

    private SimKernel kernel() {
        return kernel;
    }

    // running

    /** Runs {@code body} as a task on CPU 0, and everything that follows from it. */
    public void task(Runnable body) {
        task(0, body);
    }

    /** A failure of the body comes out here. */
    public void task(int cpu, Runnable body) {
        Throwable[] failure = new Throwable[1];
        kernel.sched().spawn("drmgr", cpu, () -> {
            try {
                body.run();
            } catch (AssertionError e) {
                failure[0] = e;
            }
        });
        kernel.run();
        if (failure[0] instanceof AssertionError e) {
            throw e;
        }
    }

    /** Boots, plugs {@code eth4} into the first slot, binds its driver, goes on with {@code body}. */
    public void run(Consumer<Device> body) {
        task(() -> body.accept(start("eth4", 0)));
    }

    /** Boots the platform if that has not happened, plugs and binds. In a task. */
    public Device start(String alias, int index) {
        boot();
        Device device = plug(alias, index);
        kernel.devices().bind(device);
        return device;
    }

    public void boot() {
        if (kernel.deviceTree().find("/rtas").isEmpty()) {
            platform.boot();
        }
    }

    public Device plug(String alias, int index) {
        return platform.plug(alias, index);
    }

    public Outcome remove(Device device) {
        return platform.remove(device);
    }

    /** After {@code nanos} in a kworker's place: a task on another CPU. */
    public void after(long nanos, Runnable body) {
        kernel.sched().spawn("kworker/3:1", 3, () -> {
            kernel.sched().sleepNanos(nanos);
            body.run();
        });
    }

    // DMA

    /** Maps a fresh page for receiving. */
    public long map(Device device) {
        return map(device, kernel.pages().alloc());
    }

    public long map(Device device, int page) {
        return kernel.dma().mapPage(device, page, 0, kernel.pages().pageSize(), DmaDirection.FROM_DEVICE);
    }

    public void unmap(Device device, long address) {
        kernel.dma().unmapPage(device, address, kernel.pages().pageSize(), DmaDirection.FROM_DEVICE);
    }

    public DmaApi dma() {
        return kernel.dma();
    }

    public static DevArchdata archdata(Device device) {
        return (DevArchdata) device.archdata();
    }

    public static IommuTable table(Device device) {
        return archdata(device).tableBase();
    }

    public Hypervisor hypervisor() {
        return firmware.hypervisor();
    }

    // what happened

    public List<String> log() {
        return kernel.logLines().stream().map(LogLine::text).toList();
    }

    /** How many log lines contain {@code text}. */
    public long lines(String text) {
        return log().stream().filter(line -> line.contains(text)).count();
    }

    public List<FindingRecord> findings(FindingKind kind) {
        return kernel.findingRecords().stream().filter(finding -> finding.kind() == kind).toList();
    }

    public long count(FindingKind kind) {
        return findings(kind).stream().mapToLong(FindingRecord::occurrences).sum();
    }

    public long metric(String name) {
        return kernel.metrics().counter(name).value();
    }

    /** Opcodes of the hypercalls so far, in order. */
    public List<Long> opcodes() {
        return events.stream().filter(e -> e.type().name().equals("powerpc:hcall_entry")).map(e -> (Long) e.values().getFirst()).toList();
    }

    /** Names and arguments of the RTAS calls so far, in order. */
    public List<String> rtasCalls() {
        return events.stream().filter(e -> e.type().name().equals("powerpc:rtas_input"))
                .map(e -> e.values().get(0) + " " + e.values().get(1)).toList();
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

    private final class Parts implements Components {
        @Override
        public <T> T create(Class<T> spi, String id) {
            return spi.cast(switch (id) {
                case "iommu-table-bitmap" -> allocator();
                case "pseries-ddw" -> new DdwBackend(kernel, setup, ddw, enableDdw);
                case "pseries-default-window" -> new DefaultWindowBackend(setup, ddw);
                case "pseries-direct" -> new DirectWindowBackend(kernel, setup, ddw, enableDdw);
                default -> throw new IllegalArgumentException("unknown " + spi.getSimpleName() + " '" + id + "'");
            });
        }

        private DmaAllocator allocator() {
            return new IommuTableBitmap(kernel);
        }
    }

    private final class ScriptedDriver implements DeviceDriver {
        @Override
        public String name() {
            return "mlx5_core";
        }

        @Override
        public void probe(Device device) {
            probe.accept(device);
        }

        @Override
        public void remove(Device device) {
            remove.accept(device);
        }
    }
}
