package io.dmalab.platform.pci;

import io.dmalab.api.Components;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceDriver;
import io.dmalab.api.device.Platform;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.KernelProfile;
import io.dmalab.api.observe.FindingRecord;
import io.dmalab.api.observe.LogLine;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.core.device.DeviceTreeImpl;
import io.dmalab.core.device.DmaLedger;
import io.dmalab.core.device.DmaMapping;
import io.dmalab.core.device.DriverCore;
import io.dmalab.core.kernel.KernelConfig;
import io.dmalab.core.kernel.SimKernel;
import io.dmalab.core.random.Streams;
import io.dmalab.core.scenario.Configured;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** A machine put together by hand: the engine, one platform, and a driver that only asks for 64 bits. For the tests of PCI platforms. */
public final class TestMachine implements AutoCloseable {
    public final SimKernel kernel;
    public final DmaLedger ledger;
    public final Platform platform;

    /** Makes a platform on the machine's kernel; components are made by {@link #components}. */
    @FunctionalInterface
    public interface Maker {
        Platform make(SimKernel kernel);
    }

    public TestMachine(KernelProfile profile, Maker maker) {
        KernelConfig config = KernelConfig.basic(1).withTimers(250, true).withProfile(profile);
        kernel = new SimKernel(config, new Streams(1));
        ledger = new DmaLedger(kernel);
        kernel.attach(new DeviceTreeImpl(kernel), new DriverCore(kernel, device -> new QuietDriver(), alias -> Optional.empty()),
                new DmaMapping(kernel, ledger));
        kernel.policy(new FreePolicy() {});
        platform = maker.make(kernel);
        kernel.architecture(platform.architecture());
    }

    /** The options of an extension, as a scenario would give them: {@code pci,dma-offset=2GiB}. */
    public static <O extends Record> O options(Class<O> type, String text) {
        return type.cast(Configured.parse(text, "test").bind(Optional.of(type), List.of()));
    }

    /** Components by id; each creation calls the maker. */
    public static Components components(Map<String, Function<String, Object>> makers) {
        return new Components() {
            @Override
            public <T> T create(Class<T> spi, String id) {
                return spi.cast(makers.get(id).apply(id));
            }
        };
    }

    /** Runs {@code body} as a task on CPU 0, and everything that follows from it. A failed assertion comes out here. */
    public void task(Runnable body) {
        AssertionError[] failure = new AssertionError[1];
        kernel.sched().spawn("bash", 0, () -> {
            try {
                body.run();
            } catch (AssertionError e) {
                failure[0] = e;
            }
        });
        kernel.run();
        if (failure[0] != null) {
            throw failure[0];
        }
    }

    /** Boots, plugs {@code eth4} into the first slot, binds its driver, goes on with {@code body}. */
    public void run(Consumer<Device> body) {
        task(() -> {
            platform.boot();
            body.accept(plug("eth4", 0));
        });
    }

    /** A device with its driver. */
    public Device plug(String alias, int index) {
        Device device = platform.plug(alias, index);
        kernel.devices().bind(device);
        return device;
    }

    public long map(Device device) {
        return map(device, kernel.pages().alloc());
    }

    public long map(Device device, int page) {
        return kernel.dma().mapPage(device, page, 0, kernel.pages().pageSize(), DmaDirection.FROM_DEVICE);
    }

    public void unmap(Device device, long address) {
        kernel.dma().unmapPage(device, address, kernel.pages().pageSize(), DmaDirection.FROM_DEVICE);
    }

    /** The device writes a byte there. */
    public long write(Device device, long address) {
        return kernel.dma().deviceAccess(device, address, 1, true);
    }

    public DmaApi dma() {
        return kernel.dma();
    }

    public List<FindingKind> kinds() {
        return kernel.findingRecords().stream().map(FindingRecord::kind).distinct().toList();
    }

    public List<String> details(FindingKind kind) {
        return kernel.findingRecords().stream().filter(f -> f.kind() == kind).map(FindingRecord::detail).toList();
    }

    public List<String> log() {
        return kernel.logLines().stream().map(LogLine::text).toList();
    }

    public long metric(String name) {
        return kernel.metrics().counter(name).value();
    }

    @Override
    public void close() {
        kernel.close();
    }

    private final class QuietDriver implements DeviceDriver {
        @Override
        public String name() {
            return "mlx5_core";
        }

        @Override
        public void probe(Device device) {
            if (!kernel.dma().setMask(device, -1L)) {
                throw new IllegalStateException("no 64 bits");
            }
        }

        @Override
        public void remove(Device device) {}
    }
}
