package io.dmalab.api.device;

import io.dmalab.api.kernel.Architecture;

/** A platform: firmware, buses and the way devices come and go. One instance per machine. All calls: task context. */
public interface Platform {
    /** Builds firmware state and the device tree, registers notifiers. Before any device. */
    void boot();

    /**
     * Puts a device into a slot: tree nodes, DRC, IOMMU set-up, {@link Devices#add}. No driver is bound yet.
     *
     * @param alias name the scenario gives the device
     * @param index 0 for the machine's first device, 1 for the next ...
     */
    Device plug(String alias, int index);

    /** Removes a device the way this platform's tools do it, from the user's command to the released slot. Blocks as long as that takes. */
    Outcome remove(Device device);

    /** Name of the user-space tool that removes devices here, as {@code ps} shows it: the task in which {@link #remove} runs. */
    default String removalTool() {
        return "bash";
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
