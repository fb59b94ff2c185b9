package io.dmalab.platform.pseries.dlpar;

import io.dmalab.api.MachineScoped;
import io.dmalab.api.device.Device;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
        return present.stream().filter(slot -> slot.device() == device).findFirst();
    }

    /** The slot that the device was in. */
    Optional<Slot> formerOf(Device device) {
        return gone.stream().filter(slot -> slot.device() == device).findFirst();
    }

    /** What is in that place. */
    public Optional<Slot> in(int index) {
        return present.stream().filter(slot -> slot.index() == index).findFirst();
    }

    /** What was last in that place, if it is empty now. */
    public Optional<Slot> former(int index) {
        return gone.stream().filter(slot -> slot.index() == index).findFirst();
    }

    /** find_dlpar_node(): the slot whose connector has that name, if its node is still in the tree. */
    Optional<Slot> byName(String drcName) {
        return all().stream().filter(slot -> slot.drcName().equals(drcName) && slot.node().attached()).findFirst();
    }

    private List<Slot> all() {
        List<Slot> all = new ArrayList<>(present);
        all.addAll(gone);
        return all;
    }
}
