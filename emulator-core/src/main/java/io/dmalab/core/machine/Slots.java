package io.dmalab.core.machine;

import io.dmalab.api.MachineScoped;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.Platform;
import io.dmalab.api.kernel.Kernel;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The machine's slots, in the order of the scenario's devices, and the device that is or was last in each. */
@MachineScoped
public final class Slots {
    private final Kernel kernel;
    private final Platform platform;
    private final Map<String, Integer> indices = new LinkedHashMap<>();
    private final Map<String, Device> last = new LinkedHashMap<>();
    private final List<Device> all = new ArrayList<>();

    @Inject
    Slots(Kernel kernel, Platform platform) {
        this.kernel = kernel;
        this.platform = platform;
    }

    /** Puts a device into its slot, for the first time or again. Task context. */
    public Device plug(String alias) {
        int index = indices.computeIfAbsent(alias, a -> indices.size());
        Device device = platform.plug(alias, index);
        last.put(alias, device);
        all.add(device);
        return device;
    }

    /** The device that is in the slot, or was the last in it. */
    public Device device(String alias) {
        Device device = last.get(alias);
        if (device == null) {
            throw new IllegalStateException("no device " + alias + " has been plugged");
        }
        return device;
    }

    /** The device that an action is about: the one it names, else the scenario's first. */
    public Device device(Optional<String> alias) {
        return device(alias.orElseGet(this::first));
    }

    /** A device of that name is in its slot. */
    public boolean occupied(String alias) {
        return kernel.devices().byAlias(alias).isPresent();
    }

    /** Name of the scenario's first device. */
    public String first() {
        return indices.keySet().iterator().next();
    }

    /** Every device that has ever been plugged, in order. */
    List<Device> all() {
        return all;
    }
}
