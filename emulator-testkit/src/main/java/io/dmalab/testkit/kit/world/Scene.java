package io.dmalab.testkit.kit.world;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The scenario of a check, put together from the parts that matter to it. Each part is what stands at its place in a scenario file:
 * {@code wait-for-drain} or <code>{ id: wait-for-drain, cap: 5s }</code>. Immutable; each {@code with} method returns a new one.
 *
 * @param platform  of the machine
 * @param driver    of its only device, which is called {@link #DEVICE}
 * @param traffic   that arrives at it
 * @param policy    of the removal
 * @param holders   entries of {@code holders:}
 * @param notifiers entries of {@code notifiers:}
 * @param steps     entries of {@code steps:}
 * @param pageSize  of the CPU
 * @param cpus      at least 1
 */
public record Scene(String platform, String driver, Optional<String> traffic, String policy, List<String> holders, List<String> notifiers,
        List<String> steps, String pageSize, int cpus) {
    public static final String DEVICE = "kit0";
    /** The device is removed after half a second, put back, and removed again. */
    public static final List<String> REMOVALS = List.of("{ at: 500ms, do: remove, device: kit0 }", "{ at: 20s, do: plug, device: kit0 }",
            "{ at: 21s, do: remove, device: kit0 }");

    public Scene {
        holders = List.copyOf(holders);
        notifiers = List.copyOf(notifiers);
        steps = List.copyOf(steps);
    }

    /** The kit's own machine, in which a device is removed under load. */
    public static Scene basic() {
        return new Scene("kit-platform", "kit-nic", Optional.empty(), "legacy", List.of(), List.of(), REMOVALS, "64KiB", 4);
    }

    public Scene withPlatform(String value) {
        return new Scene(value, driver, traffic, policy, holders, notifiers, steps, pageSize, cpus);
    }

    public Scene withDriver(String value) {
        return new Scene(platform, value, traffic, policy, holders, notifiers, steps, pageSize, cpus);
    }

    public Scene withTraffic(String value) {
        return new Scene(platform, driver, Optional.of(value), policy, holders, notifiers, steps, pageSize, cpus);
    }

    public Scene withPolicy(String value) {
        return new Scene(platform, driver, traffic, value, holders, notifiers, steps, pageSize, cpus);
    }

    public Scene withHolders(String... values) {
        return new Scene(platform, driver, traffic, policy, List.of(values), notifiers, steps, pageSize, cpus);
    }

    public Scene withNotifiers(String... values) {
        return new Scene(platform, driver, traffic, policy, holders, List.of(values), steps, pageSize, cpus);
    }

    public Scene withSteps(List<String> values) {
        return new Scene(platform, driver, traffic, policy, holders, notifiers, values, pageSize, cpus);
    }

    public Scene withPageSize(String value) {
        return new Scene(platform, driver, traffic, policy, holders, notifiers, steps, value, cpus);
    }

    public Scene withCpus(int value) {
        return new Scene(platform, driver, traffic, policy, holders, notifiers, steps, pageSize, value);
    }

    /** The scenario file. */
    public String text() {
        List<String> lines = new ArrayList<>(List.of("scenario: kit", "page-size: " + pageSize, "cpus: " + cpus, "memory: { ram: 1GiB }",
                "platform: " + platform, "policy: " + policy, "devices:", "  - name: " + DEVICE, "    driver: " + driver));
        traffic.ifPresent(value -> lines.add("    traffic: " + value));
        list(lines, "holders", holders);
        list(lines, "notifiers", notifiers);
        list(lines, "steps", steps);
        lines.add("limits: { time: 10min, events: 5M }");
        return String.join("\n", lines) + "\n";
    }

    private static void list(List<String> lines, String key, List<String> values) {
        if (!values.isEmpty()) {
            lines.add(key + ":");
            values.forEach(value -> lines.add("  - " + value));
        }
    }
}
