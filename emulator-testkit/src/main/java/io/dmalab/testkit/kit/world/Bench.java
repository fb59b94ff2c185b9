package io.dmalab.testkit.kit.world;

import io.dmalab.api.Components;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.Platform;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.net.Holders;

/**
 * What a check has in hand inside a machine: everything that a plugin could have injected.
 *
 * @param components makes extensions by id, with their default options
 */
public record Bench(Kernel kernel, Components components, Platform platform, Holders holders) {
    /** The scenario's only device. */
    public Device device() {
        return kernel.devices().byAlias(Scene.DEVICE).orElseThrow(() -> new AssertionError("the machine's device is not there"));
    }

    /** Lets virtual time pass. Task context. */
    public void sleep(long milliseconds) {
        kernel.sched().sleepNanos(milliseconds * 1_000_000);
    }

    /** Takes the device away as the platform does, with the outcome left alone. Task context. */
    public void remove(Device device) {
        platform.remove(device);
    }

    /** Runs {@code body} to its end in a context that must not sleep, a millisecond from now. Task context. */
    public void inContext(ContextKind kind, Runnable body) {
        kernel.sched().at(kernel.clock().now() + 1_000_000, kind, 0, word -> body.run(), 0);
        kernel.sched().sleepNanos(2_000_000);
    }
}
