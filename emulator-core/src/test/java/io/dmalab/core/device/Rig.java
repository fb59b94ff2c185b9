package io.dmalab.core.device;

import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceDriver;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.KernelOops;
import io.dmalab.api.kernel.KernelProfile;
import io.dmalab.api.observe.FindingRecord;
import io.dmalab.api.observe.LogLine;
import io.dmalab.api.observe.Observer;
import io.dmalab.api.observe.TraceRecord;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.core.kernel.KernelConfig;
import io.dmalab.core.kernel.SimKernel;
import io.dmalab.core.random.Streams;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A machine without a platform: kernel, device side, a made-up IOMMU, and drivers that do what a test tells them. */
final class Rig implements AutoCloseable {
    final List<TraceRecord> events = new ArrayList<>();
    final SimKernel kernel;
    final DeviceTreeImpl tree;
    final DriverCore devices;
    final DmaLedger ledger;
    final DmaMapping dma;
    final FakeIommu iommu;
    /** What the next drivers do. */
    final ScriptedDriver driver = new ScriptedDriver();

    Rig() {
        this(KernelConfig.basic(1), new FreePolicy() {});
    }

    Rig(KernelConfig config, FreePolicy policy) {
        kernel = new SimKernel(config.withObservers(List.of(new Recorder())), new Streams(1));
        tree = new DeviceTreeImpl(kernel);
        devices = new DriverCore(kernel, device -> driver, alias -> Optional.empty());
        ledger = new DmaLedger(kernel);
        dma = new DmaMapping(kernel, ledger);
        iommu = new FakeIommu();
        kernel.attach(tree, devices, dma);
        kernel.policy(policy);
    }

    static Rig of(KernelProfile profile) {
        return new Rig(KernelConfig.basic(1).withProfile(profile), new FreePolicy() {});
    }

    /** A device with the made-up IOMMU behind it, not bound. Outside every context, as machines are put together. */
    DeviceImpl plug(String name, String alias) {
        DeviceImpl device = DeviceImpl.of(devices.add(name, alias, tree.root()));
        device.backend(iommu);
        return device;
    }

    DeviceImpl plug() {
        return plug("0018:01:00.0", "eth4");
    }

    /** Runs {@code body} as a task, and everything that follows from it. */
    void run(Runnable body) {
        kernel.sched().spawn("drmgr", 0, body);
        kernel.run();
    }

    /** Runs {@code body} in a task while a driver is bound to {@code device}. */
    void bound(Device device, Runnable body) {
        run(() -> {
            devices.bind(device);
            body.run();
        });
    }

    List<FindingRecord> findings(FindingKind kind) {
        return kernel.findingRecords().stream().filter(finding -> finding.kind() == kind).toList();
    }

    /** Kinds of all findings, each as often as it happened. */
    List<FindingKind> kinds() {
        List<FindingKind> kinds = new ArrayList<>();
        for (FindingRecord finding : kernel.findingRecords()) {
            for (long i = 0; i < finding.occurrences(); i++) {
                kinds.add(finding.kind());
            }
        }
        return kinds;
    }

    /** Log lines without time stamps; messages of several lines are split. */
    List<String> log() {
        return kernel.logLines().stream().map(LogLine::text).flatMap(String::lines).toList();
    }

    long count(String counter) {
        return kernel.metrics().counter(counter).value();
    }

    @Override
    public void close() {
        kernel.close();
    }

    /** Runs {@code body} and swallows the oops it ends in. */
    static void oopsing(Runnable body) {
        try {
            body.run();
        } catch (KernelOops expected) {
            return;
        }
        throw new AssertionError("no oops");
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

    /** A driver whose callbacks can be set. */
    static final class ScriptedDriver implements DeviceDriver {
        Consumer<Device> probe = device -> {};
        Consumer<Device> up = device -> {};
        Consumer<Device> remove = device -> {};

        @Override
        public String name() {
            return "mlx5_core";
        }

        @Override
        public void probe(Device device) {
            probe.accept(device);
        }

        @Override
        public void up(Device device) {
            up.accept(device);
        }

        @Override
        public void remove(Device device) {
            remove.accept(device);
        }
    }
}
