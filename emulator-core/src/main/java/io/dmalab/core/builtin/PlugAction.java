package io.dmalab.core.builtin;

import io.dmalab.api.config.Option;
import io.dmalab.api.device.Action;
import io.dmalab.api.device.SlotTaken;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.core.machine.Slots;
import jakarta.inject.Inject;
import java.util.Optional;

/** Puts a removed device back into its slot and binds its driver. A slot that is taken is left alone, with a line in the log. */
final class PlugAction implements Action {
    /** Options of the action. */
    record Options(@Option(doc = "the device to put back; without it the scenario's first") Optional<String> device) {}

    private final Kernel kernel;
    private final Slots slots;
    private final Options options;

    @Inject
    PlugAction(Kernel kernel, Slots slots, Options options) {
        this.kernel = kernel;
        this.slots = slots;
        this.options = options;
    }

    @Override
    public void run() {
        String alias = options.device().orElseGet(slots::first);
        if (slots.occupied(alias)) {
            kernel.printk().warn("dmalab: cannot plug " + alias + ": its slot is taken");
            return;
        }
        try {
            kernel.devices().bind(slots.plug(alias));
        } catch (SlotTaken taken) {
            kernel.printk().warn("dmalab: cannot plug " + alias + ": " + taken.getMessage());
        }
    }
}
