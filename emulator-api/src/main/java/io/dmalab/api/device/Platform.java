package io.dmalab.api.device;

import io.dmalab.api.kernel.Architecture;
import java.util.List;
import java.util.Optional;

/** A platform: firmware, buses and the way devices come and go. One instance per machine. All calls: task context. */
public interface Platform {
    /** Builds firmware state and the device tree, registers notifiers. Before any device. */
    void boot();

    /**
     * Why a scenario can give this platform no devices, in a few words; empty if it can. Asked before {@link #boot}: a scenario with
     * devices is then refused as the user's mistake, and neither {@link #plug} nor {@link #remove} is ever called.
     */
    default Optional<String> refusesDevices() {
        return Optional.empty();
    }

    /**
     * Puts a device into a slot: tree nodes, DRC, IOMMU set-up, {@link Devices#add}. No driver is bound yet.
     *
     * @param alias name the scenario gives the device
     * @param index 0 for the machine's first device, 1 for the next ...
     * @throws SlotTaken if the slot still has what was in it before
     */
    Device plug(String alias, int index);

    /** Removes a device the way this platform's tools do it, from the user's command to the released slot. Blocks as long as that takes. */
    Outcome remove(Device device);

    /** Who removes the device here, as {@code ps} shows it: the user-space tool or kernel thread in which {@link #remove} runs. */
    default String removalTool(Device device) {
        return "bash";
    }

    /**
     * Brings the platform's counters up to date and holds its books against each other; called once, when the run is over, outside any
     * context.
     *
     * @return what does not agree, which is a defect of the platform; empty if all is well
     */
    default List<String> audit() {
        return List.of();
    }

    /** Whose layout the machine's stack dumps have. Asked before {@link #boot}. */
    default Architecture architecture() {
        return Architecture.POWERPC;
    }

    /** How a removal ended. */
    sealed interface Outcome {
        /** User space saw success. */
        record Removed() implements Outcome {}

        /** Refused or failed with an errno (positive); the device may be half gone, as on the real system. */
        record Failed(int errno, String why) implements Outcome {}
    }
}
