package io.dmalab.core.builtin;

import io.dmalab.api.config.Option;
import io.dmalab.api.device.Action;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.Platform;
import io.dmalab.core.machine.Removals;
import io.dmalab.core.machine.Slots;
import jakarta.inject.Inject;
import java.util.Optional;

/** Removes a device with the platform's own tool, and notes what the tool's user saw. */
final class RemoveAction implements Action {
    /** Options of the action. */
    record Options(@Option(doc = "the device to remove; without it the scenario's first") Optional<String> device) {}

    private final Platform platform;
    private final Slots slots;
    private final Removals removals;
    private final Options options;

    @Inject
    RemoveAction(Platform platform, Slots slots, Removals removals, Options options) {
        this.platform = platform;
        this.slots = slots;
        this.removals = removals;
        this.options = options;
    }

    @Override
    public String comm() {
        return platform.removalTool(slots.device(options.device()));
    }

    /** A device that is not there is asked for all the same: what the tool answers then is the platform's business. */
    @Override
    public void run() {
        Device device = slots.device(options.device());
        int number = removals.begin(device);
        removals.end(number, device, platform.remove(device));
    }
}
