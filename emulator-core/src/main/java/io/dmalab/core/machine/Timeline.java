package io.dmalab.core.machine;

import io.dmalab.api.device.Action;
import io.dmalab.api.device.HotplugNotifier;
import io.dmalab.api.device.Platform;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.Kernel;
import java.util.function.LongConsumer;

/** What the machine does by itself: boot, devices in the scenario's order, then each step of the scenario at its time. */
final class Timeline {
    private final Kernel kernel;
    private final MachineGraph graph;
    private final LongConsumer firstStep;

    /** @param firstStep told when the first step of the scenario is due, before it is */
    Timeline(MachineGraph graph, LongConsumer firstStep) {
        this.graph = graph;
        this.firstStep = firstStep;
        this.kernel = graph.kernel();
    }

    /** Body of the boot task. The scenario's clock starts when every device is up. */
    void boot() {
        Platform platform = graph.get(Platform.class);
        checkDevices(platform);
        platform.boot();
        graph.blueprint().notifiers().forEach(part -> register(graph.create(part)));
        Slots slots = graph.get(Slots.class);
        graph.blueprint().devices().forEach(device -> slots.plug(device.name()));
        graph.blueprint().devices().forEach(device -> kernel.devices().bind(slots.device(device.name())));
        graph.blueprint().steps().forEach(this::schedule);
    }

    private void checkDevices(Platform platform) {
        Blueprint blueprint = graph.blueprint();
        if (!blueprint.devices().isEmpty()) {
            platform.refusesDevices().ifPresent(why -> {
                throw blueprint.platform().refused("takes no devices: " + why, "use another platform, or no devices");
            });
        }
    }

    private void register(HotplugNotifier notifier) {
        kernel.deviceTree().reconfig().register(notifier);
        kernel.devices().busChain().register(notifier);
        kernel.devices().netdevChain().register(notifier);
        kernel.devices().memoryChain().register(notifier);
    }

    /** Users' commands run on the last CPU, away from the first ones, which take the interrupts. */
    private void schedule(Blueprint.StepPart step) {
        Action action = graph.create(step.action());
        int cpu = kernel.sched().cpus() - 1;
        long time = Math.addExact(kernel.clock().now(), step.at().nanos());
        firstStep.accept(time);
        kernel.sched().at(time, ContextKind.TIMER, cpu, word -> kernel.sched().spawn(action.comm(), cpu, action::run), 0);
    }
}
