package io.dmalab.core.machine;

import io.dmalab.api.config.Span;
import io.dmalab.api.device.Action;
import io.dmalab.api.device.DeviceDriver;
import io.dmalab.api.device.HotplugNotifier;
import io.dmalab.api.device.Platform;
import io.dmalab.api.net.BufferHolder;
import io.dmalab.api.net.Workload;
import io.dmalab.api.observe.Observer;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.core.plugin.Memo;
import io.dmalab.core.plugin.PluginRegistry;
import io.dmalab.core.plugin.Registered;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.scenario.Configured;
import io.dmalab.core.scenario.Options;
import io.dmalab.core.scenario.Scenario;
import io.dmalab.core.scenario.Suggestion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What a machine is made of: a scenario whose names have been found among the plugins and whose options have been read. Serves any number
 * of machines.
 */
public final class Blueprint {
    record DevicePart(String name, Part<DeviceDriver> driver, Optional<Part<Workload>> traffic) {}

    record HolderPart(double share, Part<BufferHolder> holder) {}

    record StepPart(Span at, Part<Action> action) {}

    private final PluginRegistry registry;
    private final Scenario scenario;
    private final String policyName;
    private final Part<Platform> platform;
    private final Part<FreePolicy> policy;
    private final List<DevicePart> devices = new ArrayList<>();
    private final List<HolderPart> holders = new ArrayList<>();
    private final List<Part<HotplugNotifier>> notifiers = new ArrayList<>();
    private final List<Part<Observer>> observers = new ArrayList<>();
    private final List<StepPart> steps = new ArrayList<>();
    private final Memo<Asked, Part<?>> byDefault = new Memo<>();

    /** What a plugin wants by its id. */
    private record Asked(Class<?> spi, String id) {}

    private Blueprint(PluginRegistry registry, RunRequest request) {
        Scenario scenario = request.scenario();
        this.registry = registry;
        this.scenario = scenario;
        this.policyName = request.policyName();
        this.platform = part(Platform.class, "platform", scenario.platform());
        this.policy = part(FreePolicy.class, "policy", request.policy());
        for (Scenario.Device device : scenario.devices()) {
            devices.add(new DevicePart(device.name(), part(DeviceDriver.class, "driver", device.driver()),
                    device.traffic().map(traffic -> part(Workload.class, "workload", traffic))));
        }
        for (Scenario.Holder holder : scenario.holders()) {
            holders.add(new HolderPart(holder.share(), part(BufferHolder.class, "holder", holder.holder(), "share")));
        }
        scenario.notifiers().forEach(notifier -> notifiers.add(part(HotplugNotifier.class, "notifier", notifier)));
        request.observerExtensions().forEach(observer -> observers.add(part(Observer.class, "observer", observer)));
        for (Scenario.Step step : scenario.steps()) {
            Part<Action> action = part(Action.class, "action", step.action(), "at");
            checkDevice(action, step.action());
            steps.add(new StepPart(step.at(), action));
        }
    }

    /** @throws BadInput if a name is unknown or an option is wrong, with its place */
    public static Blueprint of(PluginRegistry registry, RunRequest request) {
        return new Blueprint(registry, request);
    }

    private <T> Part<T> part(Class<T> spi, String kind, Configured asked, String... others) {
        Registered<T> found = registry.find(spi, asked.id()).orElseThrow(() -> asked.unknown(kind, registry.ids(spi)));
        return new Part<>(found, Optional.ofNullable(asked.bind(found.extension().options(), Arrays.asList(others))), Optional.of(asked));
    }

    /** An action's option {@code device} names a device of the scenario. */
    private void checkDevice(Part<Action> action, Configured asked) {
        action.options().flatMap(o -> Options.value(o, "device")).map(Object::toString).filter(name -> !deviceNames().contains(name))
                .ifPresent(name -> {
            throw asked.bad("device", "unknown device '" + name + "'", Suggestion.remedy(name, deviceNames()));
        });
    }

    private Collection<String> deviceNames() {
        return devices.stream().map(DevicePart::name).toList();
    }

    /** An extension with default options, for plugins that let the user choose a part of theirs. */
    @SuppressWarnings("unchecked") // what is put there below
    <T> Part<T> byDefault(Class<T> spi, String id) {
        return (Part<T>) byDefault.get(new Asked(spi, id), asked -> partByDefault(spi, id));
    }

    private <T> Part<T> partByDefault(Class<T> spi, String id) {
        Registered<T> found = registry.find(spi, id).orElseThrow(() -> new IllegalArgumentException(
                "unknown " + spi.getSimpleName() + " '" + id + "'; " + Suggestion.remedy(id, registry.ids(spi))));
        String on = platform.registered().id();
        if (!found.extension().worksOn(on)) {
            throw new IllegalArgumentException(spi.getSimpleName() + " '" + id + "' works on " + String.join(", ", found.extension().platforms())
                    + " only; on " + on + " there are " + String.join(", ", registry.extensions(spi).stream()
                    .filter(other -> other.extension().worksOn(on)).map(Registered::id).toList()));
        }
        Optional<Record> options = found.extension().options().map(record -> Configured.parse(id, id).bind(Optional.of(record), List.of()));
        return new Part<>(found, options, Optional.empty());
    }

    /** What policy, platform and drivers have been given, in this order. */
    List<Record> optionRecords() {
        List<Record> records = new ArrayList<>();
        policy.options().ifPresent(records::add);
        platform.options().ifPresent(records::add);
        devices.forEach(device -> device.driver().options().ifPresent(records::add));
        return records;
    }

    /** With its options, as results name it. */
    String policyName() {
        return policyName;
    }

    Scenario scenario() {
        return scenario;
    }

    Part<Platform> platform() {
        return platform;
    }

    Part<FreePolicy> policy() {
        return policy;
    }

    List<DevicePart> devices() {
        return devices;
    }

    Optional<DevicePart> device(String name) {
        for (DevicePart device : devices) {
            if (device.name().equals(name)) {
                return Optional.of(device);
            }
        }
        return Optional.empty();
    }

    List<HolderPart> holders() {
        return holders;
    }

    List<Part<HotplugNotifier>> notifiers() {
        return notifiers;
    }

    List<Part<Observer>> observers() {
        return observers;
    }

    List<StepPart> steps() {
        return steps;
    }
}
