package io.dmalab.platform.pseries.dlpar;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.MachineScoped;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceNode;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.Mutex;
import io.dmalab.platform.pseries.hypervisor.Connector;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;

/**
 * The kernel's two slot doors: the power file of rpaphp and remove_slot of rpadlpar (drivers/pci/hotplug/rpaphp_core.c, rpadlpar_core.c,
 * v6.12; facts: dlpar-and-notifiers.md 4). Task context. Left out: virtual I/O slots, I/O space, EEH.
 */
@MachineScoped
public final class RpaDlpar {
    static final int ENODEV = 19;
    static final int EBUSY = 16;
    static final int EINVAL = 22;

    private final Kernel kernel;
    private final Slots slots;
    private final Mutex mutex;

    @Inject
    public RpaDlpar(Kernel kernel, Slots slots) {
        this.kernel = kernel;
        this.slots = slots;
        this.mutex = kernel.locks().mutex("rpadlpar_mutex");
    }

    /** 0 into /sys/bus/pci/slots/NAME/power: unbinds and removes the devices of the slot. */
    @KernelFunction("power_write_file")
    int powerOff(Slot slot) {
        return disableSlot(slot);
    }

    @KernelFunction(value = "disable_slot", module = "rpaphp")
    private int disableSlot(Slot slot) {
        kernel.devices().rescanRemoveLock().lock();
        removeDevices(slot);
        kernel.devices().rescanRemoveLock().unlock();
        return 0;
    }

    /** A name into /sys/bus/pci/slots/control/remove_slot. @return 0 or a negative errno */
    @KernelFunction(value = "remove_slot_store", module = "rpadlpar_io")
    int removeSlotFile(String drcName) {
        return removeSlot(drcName);
    }

    @KernelFunction(value = "dlpar_remove_slot", module = "rpadlpar_io")
    private int removeSlot(String drcName) {
        mutex.lock();
        Optional<Slot> found = slots.byName(drcName);
        if (found.isEmpty()) {
            mutex.unlock();
            return -ENODEV;
        }
        Slot slot = found.get();
        int rc = slot.type() == Connector.Type.PHB ? removePhb(slot) : removePciSlot(slot);
        kernel.printk().info("rpadlpar_io: slot " + drcName + " removed");
        mutex.unlock();
        return rc;
    }

    /** dlpar_remove_phb(): the bus must be empty. */
    private int removePhb(Slot slot) {
        return devicesBelow(slot).isEmpty() ? 0 : -EBUSY;
    }

    /** dlpar_remove_pci_slot(): takes what is left below. A slot that has no bus any more is a caller's mistake. */
    private int removePciSlot(Slot slot) {
        kernel.devices().rescanRemoveLock().lock();
        boolean bus = slots.of(slot.device()).isPresent();
        if (bus) {
            removeDevices(slot);
        }
        kernel.devices().rescanRemoveLock().unlock();
        return bus ? 0 : -EINVAL;
    }

    /** pci_hp_remove_devices(): the last device first. */
    @KernelFunction("pci_hp_remove_devices")
    private void removeDevices(Slot slot) {
        for (Device device : devicesBelow(slot).reversed()) {
            kernel.devices().remove(device);
        }
    }

    private List<Device> devicesBelow(Slot slot) {
        return kernel.devices().all().stream().filter(device -> isBelow(device.node(), slot.node())).toList();
    }

    private static boolean isBelow(DeviceNode node, DeviceNode top) {
        for (DeviceNode at = node; at != null; at = at.parent().orElse(null)) {
            if (at == top) {
                return true;
            }
        }
        return false;
    }
}
