package io.dmalab.core.builtin;

import io.dmalab.api.config.Option;
import io.dmalab.api.device.Action;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.Platform.Outcome;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.core.machine.Removals;
import io.dmalab.core.machine.Slots;
import jakarta.inject.Inject;
import java.util.Optional;

/** rmmod of a device's driver: its devices lose their driver and stay. Noted as a removal of that device. */
final class RmmodAction implements Action {
    private static final int EWOULDBLOCK = 11;

    /** Options of the action. */
    record Options(@Option(doc = "the device whose driver's module is removed; without it the scenario's first") Optional<String> device) {}

    private final Kernel kernel;
    private final Slots slots;
    private final Removals removals;
    private final Options options;

    @Inject
    RmmodAction(Kernel kernel, Slots slots, Removals removals, Options options) {
        this.kernel = kernel;
        this.slots = slots;
        this.removals = removals;
        this.options = options;
    }

    @Override
    public String comm() {
        return "rmmod";
    }

    @Override
    public void run() {
        Device device = slots.device(options.device());
        String module = device.driverName();
        int number = removals.begin(device);
        boolean removed = kernel.devices().removeModule(module);
        removals.end(number, device, removed ? new Outcome.Removed() : new Outcome.Failed(EWOULDBLOCK, "module " + module + " is in use"));
    }
}
