package io.dmalab.driver.mlx;

import com.google.inject.AbstractModule;
import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Provides;
import com.google.inject.Scopes;
import io.dmalab.api.MachineScoped;
import io.dmalab.api.config.Span;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceDriver;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.net.Buffers;
import io.dmalab.api.net.Holders;
import io.dmalab.api.net.Workload;
import io.dmalab.api.observe.Observer;
import io.dmalab.api.observe.TraceRecord;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.core.device.DeviceTreeImpl;
import io.dmalab.core.device.DmaLedger;
import io.dmalab.core.device.DmaMapping;
import io.dmalab.core.device.DriverCore;
import io.dmalab.core.kernel.KernelConfig;
import io.dmalab.core.kernel.SimKernel;
import io.dmalab.core.kernel.StopReason;
import io.dmalab.core.random.Streams;
import io.dmalab.netstack.NetDevice;
import io.dmalab.netstack.NetDevices;
import io.dmalab.netstack.PagePool;
import io.dmalab.netstack.PagePools;
import io.dmalab.netstack.SkBuffs;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A machine put together by hand: the real engine, driver core, DMA API and network stack, a test IOMMU, and one adapter under the driver
 * to be tested.
 */
final class TestMachine implements AutoCloseable {
    static final String NIC = "eth4";

    final SimKernel kernel;
    final DmaLedger ledger;
    final TestIommu iommu;
    final Keeper keeper = new Keeper();
    final List<TraceRecord> events = new ArrayList<>();
    private final Injector injector;
    private Device device;
    private DeviceDriver driver;
    private Mlx5Core core;

    /** @param keep share of the packets that go to {@link #keeper}; the others are consumed at once */
    TestMachine(KernelConfig config, MlxOptions options, boolean legacy, Workload traffic, double keep, FreePolicy policy) {
        kernel = new SimKernel(config.withObservers(List.of(new Recorder())), new Streams(config.seed()));
        ledger = new DmaLedger(kernel);
        iommu = new TestIommu(kernel.pages().pageShift());
        kernel.attach(new DeviceTreeImpl(kernel), new DriverCore(kernel, d -> driver, alias -> Optional.of(traffic)),
                new DmaMapping(kernel, ledger));
        kernel.policy(policy);
        injector = Guice.createInjector(new Wiring(options, keep));
        keeper.buffers = injector.getInstance(SkBuffs.class);
        if (legacy) {
            MlxLegacyDriver instance = injector.getInstance(MlxLegacyDriver.class);
            core = instance.core();
            driver = instance;
        } else {
            MlxDriver instance = injector.getInstance(MlxDriver.class);
            core = instance.core();
            driver = instance;
        }
    }

    /** Options for tests: one channel, no acknowledgements, firmware commands that take time. */
    static MlxOptions options(int channels, RqType type, int rx, int mtu, int ackEvery) {
        Span coalesce = Span.parse("16us");
        return new MlxOptions(channels, rx, 1024, type, mtu, true, coalesce, 32, coalesce, 32, ackEvery, Span.parse("100ns"),
                Span.parse("50us"), 512);
    }

    static TestMachine of(int pageSize, MlxOptions options, Workload traffic, double keep) {
        return new TestMachine(KernelConfig.basic(1).withPageSize(pageSize), options, false, traffic, keep, new FreePolicy() {});
    }

    static TestMachine with(int pageSize, MlxOptions options, boolean legacy, Workload traffic, double keep) {
        return new TestMachine(KernelConfig.basic(1).withPageSize(pageSize), options, legacy, traffic, keep, new FreePolicy() {});
    }

    private final class Recorder implements Observer {
        @Override
        public boolean wantsEvents() {
            return true;
        }

        @Override
        public void event(TraceRecord event) {
            events.add(event);
        }
    }

    private final class Wiring extends AbstractModule {
        private final MlxOptions options;
        private final double keep;

        Wiring(MlxOptions options, double keep) {
            this.options = options;
            this.keep = keep;
        }

        @Override
        protected void configure() {
            bindScope(MachineScoped.class, Scopes.SINGLETON);
            bind(Kernel.class).toInstance(kernel);
            bind(FreePolicy.class).toProvider(kernel::policy);
            bind(Buffers.class).to(SkBuffs.class);
            bind(MlxOptions.class).toInstance(options);
        }

        @Provides
        Holders holders() {
            return () -> List.of(new Holders.Entry("keeper", keep, keeper));
        }
    }

    /** Plugs the adapter and binds the driver. Task context. */
    void bind() {
        device = kernel.devices().add("0018:01:00.0", NIC, kernel.deviceTree().root());
        device.backend(iommu);
        kernel.devices().bind(device);
    }

    /** Runs {@code body} as a task until nothing is left to happen. */
    StopReason run(Runnable body) {
        kernel.sched().spawn("test", kernel.sched().cpus() - 1, body);
        return kernel.run();
    }

    /** What remains of a script after which the machine is to stop at once: later events do not matter. */
    void sleepMillis(long millis) {
        kernel.sched().sleepNanos(millis * 1_000_000);
    }

    Device device() {
        return device;
    }

    Mlx5Core core() {
        return core;
    }

    Mlx5e ethernet() {
        return core.ethernet();
    }

    NetDevice netdev() {
        return core.ethernet().netdev();
    }

    NetDevices netdevs() {
        return injector.getInstance(NetDevices.class);
    }

    SkBuffs skbs() {
        return injector.getInstance(SkBuffs.class);
    }

    List<PagePool> pools() {
        return injector.getInstance(PagePools.class).all();
    }

    <T> T get(Class<T> type) {
        return injector.getInstance(type);
    }

    long dropped() {
        return kernel.metricsTable().counter("rx_dropped").value();
    }

    /** Pages with references. */
    int pagesInUse() {
        int count = 0;
        for (int page = 0; page < kernel.pages().highWater(); page++) {
            count += kernel.pages().refCount(page) > 0 ? 1 : 0;
        }
        return count;
    }

    /** Pages that the queue's WQEs have, each with the number of its fragments that went to packets. */
    static Map<Integer, Integer> pagesOf(ReceiveQueue rq) {
        Map<Integer, Integer> pages = new TreeMap<>();
        rq.forEachPage((page, fragments) -> {
            if (pages.put(page, fragments) != null) {
                throw new AssertionError("page " + page + " belongs to two WQEs");
            }
        });
        return pages;
    }

    /** Names of the events of one type, with their values. */
    List<String> log(String prefix) {
        return events.stream().filter(e -> e.type().name().startsWith(prefix)).map(e -> e.type().name() + e.values()).toList();
    }

    @Override
    public void close() {
        kernel.close();
    }
}
