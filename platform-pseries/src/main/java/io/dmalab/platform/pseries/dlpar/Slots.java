package io.dmalab.platform.pseries.dlpar;

import io.dmalab.api.MachineScoped;
import io.dmalab.api.device.Device;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The slots of the machine with something in them, and the last one of each that went. */
@MachineScoped
public final class Slots {
    private final List<Slot> present = new ArrayList<>();
    private final List<Slot> gone = new ArrayList<>();

    @Inject
    public Slots() {}

    public void add(Slot slot) {
        present.add(slot);
    }

    /** The device's slot has been emptied. */
    void remove(Slot slot) {
        present.remove(slot);
        gone.removeIf(other -> other.index() == slot.index());
        gone.add(slot);
    }

    public Optional<Slot> of(Device device) {
        return first(present, slot -> slot.device() == device);
    }

    /** The slot that the device was in. */
    Optional<Slot> formerOf(Device device) {
        return first(gone, slot -> slot.device() == device);
    }

    /** What is in that place. */
    public Optional<Slot> in(int index) {
        return first(present, slot -> slot.index() == index);
    }

    /** What was last in that place, if it is empty now. */
    public Optional<Slot> former(int index) {
        return first(gone, slot -> slot.index() == index);
    }

    /** find_dlpar_node(): the slot whose connector has that name, if its node is still in the tree. */
    Optional<Slot> byName(String drcName) {
        Predicate<Slot> wanted = slot -> slot.drcName().equals(drcName) && slot.node().attached();
        return first(present, wanted).or(() -> first(gone, wanted));
    }

    private static Optional<Slot> first(List<Slot> slots, Predicate<Slot> wanted) {
        for (Slot slot : slots) {
            if (wanted.test(slot)) {
                return Optional.of(slot);
            }
        }
        return Optional.empty();
    }
}
