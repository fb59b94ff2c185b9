package io.dmalab.core.machine;

import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceDriver;
import io.dmalab.api.guest.BadRecording;
import io.dmalab.api.device.Platform;
import io.dmalab.api.net.Workload;
import io.dmalab.api.observe.Observer;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.core.device.DeviceTreeImpl;
import io.dmalab.core.explore.Setup;
import io.dmalab.core.device.DmaDebug;
import io.dmalab.core.device.DmaLedger;
import io.dmalab.core.device.DmaMapping;
import io.dmalab.core.device.DriverCore;
import io.dmalab.core.kernel.KernelConfig;
import io.dmalab.core.kernel.ModelFailure;
import io.dmalab.core.kernel.Pulse;
import io.dmalab.core.kernel.SimKernel;
import io.dmalab.core.kernel.StopReason;
import io.dmalab.core.plugin.PluginRegistry;
import io.dmalab.core.random.Streams;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.scenario.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One emulated machine, from power on to the end of its run. Must be run on a platform thread, which it keeps to itself meanwhile. */
public final class Machine {
    private final Blueprint blueprint;
    private final RunRequest request;
    private final SimKernel kernel;
    private final MachineGraph graph;
    private final PluginRegistry plugins;

    private Machine(Injection injection, Blueprint blueprint, RunRequest request, Optional<Setup> exploration, Pulse pulse) {
        this.blueprint = blueprint;
        this.request = request;
        Streams streams = new Streams(request.seed());
        this.kernel = new SimKernel(config(request), streams, exploration);
        this.graph = injection.graph(blueprint, kernel, streams);
        this.plugins = injection.registry();
        pulse.feel(kernel);
    }

    /** @param pulse shows another thread that the machine goes on @throws BadInput if an extension refuses its options, or a recording turns out to be damaged */
    public static RunResult run(Injection injection, Blueprint blueprint, RunRequest request, Pulse pulse) {
        return new Machine(injection, blueprint, request, Optional.empty(), pulse).run();
    }

    /** One execution of an exploration: the same machine, with somebody choosing who goes on. */
    public static RunResult explore(Injection injection, Blueprint blueprint, RunRequest request, Setup exploration, Pulse pulse) {
        return new Machine(injection, blueprint, request, Optional.of(exploration), pulse).run();
    }

    private static KernelConfig config(RunRequest request) {
        Scenario scenario = request.scenario();
        return new KernelConfig(request.kernel(), request.hz(), request.timers() == Scenario.Timers.EXACT,
                (int) scenario.settings().pageSize().bytes(), scenario.settings().cpus(), request.seed(), scenario.memory().ram().bytes(),
                request.kasan(), scenario.memory().reuseAfter(), scenario.settings().hardware(), scenario.limits().time().nanos(),
                scenario.limits().events(), request.observers());
    }

    private RunResult run() {
        List<Observer> observers = new ArrayList<>(request.observers());
        try (kernel) {
            DmaLedger ledger = new DmaLedger(kernel);
            DriverCore devices = new DriverCore(kernel, this::driver, this::traffic);
            kernel.attach(new DeviceTreeImpl(kernel), devices, new DmaMapping(kernel, ledger));
            if (request.scenario().memory().dmaDebug()) {
                new DmaDebug(kernel, ledger, devices.busChain(), kernel::stack);
            }
            if (request.isParanoid()) {
                kernel.afterEveryEvent(() -> ledger.devices().forEach(device -> check(ledger.verify(device))));
            }
            blueprint.observers().forEach(part -> observers.add(observer(part)));
            kernel.policy(graph.get(FreePolicy.class));
            kernel.architecture(graph.get(Platform.class).architecture());
            kernel.sched().spawn("swapper/0", 0, new Timeline(graph, kernel::exploreFrom)::boot);
            StopReason end = kernel.run();
            RunResult result = new Aftermath(kernel, ledger, graph, plugins).result(request, end);
            observers.forEach(Observer::end);
            return result;
        } catch (ModelFailure e) {
            switch (e.getCause()) {
                case BadInput bad -> throw bad;
                case BadRecording bad -> throw BadInput.of(bad);
                default -> throw plugins.culprits().of(e.getCause()).map(culprit -> e.in(culprit.toString(), culprit.own())).orElse(e);
            }
        } finally {
            observers.forEach(Observer::close);
        }
    }

    private Observer observer(Part<Observer> part) {
        Observer observer = graph.create(part);
        kernel.observe(observer);
        return observer;
    }

    private void check(List<String> disagreements) {
        if (!disagreements.isEmpty()) {
            throw new IllegalStateException("the books disagree at " + kernel.now() + " ns: " + String.join("; ", disagreements));
        }
    }

    private DeviceDriver driver(Device device) {
        Blueprint.DevicePart part = blueprint.device(device.alias())
                .orElseThrow(() -> new IllegalStateException("the scenario has no driver for device " + device.alias()));
        return graph.create(part.driver());
    }

    private Optional<Workload> traffic(String alias) {
        return blueprint.device(alias).flatMap(Blueprint.DevicePart::traffic).map(graph::create);
    }
}
