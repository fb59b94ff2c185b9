package io.dmalab.core.builtin;

import io.dmalab.api.config.Option;
import io.dmalab.api.device.Action;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.core.machine.Slots;
import jakarta.inject.Inject;
import java.util.Optional;

/** A process that looks at devices in sysfs, as the journal does for a line that names one. It needs the device's lock for a moment. */
final class ReadUevent implements Action {
    /** Options of the action. */
    record Options(
            @Option(doc = "the device whose uevent is read; without it the scenario's first") Optional<String> device,
            @Option(value = "systemd-journal", doc = "name of the process that reads") String process) {}

    private final Kernel kernel;
    private final Slots slots;
    private final Options options;

    @Inject
    ReadUevent(Kernel kernel, Slots slots, Options options) {
        this.kernel = kernel;
        this.slots = slots;
        this.options = options;
    }

    @Override
    public String comm() {
        return options.process();
    }

    @Override
    public void run() {
        kernel.devices().showUevent(slots.device(options.device()));
    }
}
