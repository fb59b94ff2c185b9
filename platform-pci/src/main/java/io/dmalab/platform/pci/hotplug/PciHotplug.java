package io.dmalab.platform.pci.hotplug;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.MachineScoped;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceNode;
import io.dmalab.api.device.Platform.Outcome;
import io.dmalab.api.dma.IommuBackend;
import io.dmalab.api.kernel.Completion;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.policy.RemovalPermit;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Removal of PCI functions as drivers/pci/pci-sysfs.c, iov.c and drivers/pci/hotplug/pciehp_ctrl.c, pciehp_pci.c do it (v6.14; general
 * knowledge, no facts sheet describes it). All ways end in pci_stop_and_remove_bus_device: driver remove, device_del, bus notices, last
 * put; none looks for mappings. Left out: several functions in a slot, attention button and indicators, link training, power faults.
 */
@MachineScoped
public final class PciHotplug {
    private static final int ENODEV = 19;
    /** remove_board(): after the power is turned off the slot is left alone for a second. */
    private static final long POWER_OFF_MS = 1000;

    private final Kernel kernel;
    /** In slots, in order of plugging. */
    private final List<Occupied> slots = new ArrayList<>();

    private record Occupied(int slot, Device device) {
        String interruptThread() {
            return "irq/" + (45 + slot) + "-pciehp";
        }
    }

    @Inject
    public PciHotplug(Kernel kernel) {
        this.kernel = kernel;
    }

    /**
     * A function appears in a slot: its node below the bus, the device, its IOMMU. No driver is bound yet. Task context.
     *
     * @param node name of its node, which stays when it goes
     * @param name of the device, e.g. {@code 0000:01:00.0}
     */
    public Device plug(int slot, DeviceNode bus, String node, String name, String alias, IommuBackend backend) {
        DeviceNode place = kernel.deviceTree().find(bus.path() + "/" + node).orElseGet(() -> kernel.deviceTree().create(bus, node));
        Device device = kernel.devices().add(name, alias, place);
        device.backend(backend);
        backend.attach(device);
        slots.add(new Occupied(slot, device));
        return device;
    }

    /** The device leaves its slot by a way of its platform's own; false if it is in none. */
    public boolean forget(Device device) {
        return slots.removeIf(at -> at.device() == device);
    }

    /** Task in which {@link #remove} runs. */
    public String tool(Removal removal, Device device) {
        return removal == Removal.SURPRISE ? slotOf(device).map(Occupied::interruptThread).orElse("irq/45-pciehp") : "bash";
    }

    private Optional<Occupied> slotOf(Device device) {
        return slots.stream().filter(at -> at.device() == device).findFirst();
    }

    /** Removes the device; returns when the user, or for a surprise the interrupt thread, is done. Task context. */
    public Outcome remove(Device device, Removal removal) {
        Optional<Outcome> refused = removal == Removal.SURPRISE ? Optional.empty() : RemovalPermit.ask(kernel, device);
        if (refused.isPresent()) {
            return refused.get();
        }
        Optional<Occupied> place = slotOf(device);
        if (place.isEmpty()) {
            return new Outcome.Failed(ENODEV, "no such device in a slot: " + device.name());
        }
        if (removal != Removal.UNBIND) {
            slots.remove(place.get());
        }
        switch (removal) {
            case UNBIND -> unbindStore(device);
            case SRIOV -> sriovNumvfsStore(device);
            case SYSFS -> removeStore(device);
            case SLOT -> powerWriteFile(place.get());
            case SURPRISE -> handlePresenceOrLinkChange(place.get());
        }
        return new Outcome.Removed();
    }

    @KernelFunction("unbind_store")
    private void unbindStore(Device device) {
        kernel.devices().unbind(device);
    }

    @KernelFunction("sriov_numvfs_store")
    private void sriovNumvfsStore(Device device) {
        disableSriov(device);
    }

    @KernelFunction("pci_disable_sriov")
    private void disableSriov(Device device) {
        removeVirtfn(device);
    }

    @KernelFunction("pci_iov_remove_virtfn")
    private void removeVirtfn(Device device) {
        stopAndRemove(device);
    }

    @KernelFunction("remove_store")
    private void removeStore(Device device) {
        stopAndRemoveLocked(device);
    }

    @KernelFunction("pci_stop_and_remove_bus_device_locked")
    private void stopAndRemoveLocked(Device device) {
        stopAndRemove(device);
    }

    private void stopAndRemove(Device device) {
        kernel.devices().rescanRemoveLock().lock();
        kernel.devices().remove(device);
        kernel.devices().rescanRemoveLock().unlock();
    }

    /** The slot's interrupt thread does the work while the writer waits (pciehp_sysfs_disable_slot). */
    @KernelFunction("power_write_file")
    private void powerWriteFile(Occupied place) {
        Completion done = kernel.locks().completion("&ctrl->requester");
        kernel.sched().spawn(place.interruptThread(), kernel.sched().cpu(), () -> {
            disableSlot(place, true);
            done.complete();
        });
        done.await();
    }

    /** The link is down and the card gone: the driver finds out by itself. */
    @KernelFunction("pciehp_handle_presence_or_link_change")
    private void handlePresenceOrLinkChange(Occupied place) {
        place.device().disconnect();
        String slot = String.format(Locale.ROOT, "pcieport 0000:00:%02x.0: pciehp: Slot(%d): ", place.slot() + 1, place.slot());
        kernel.printk().info(slot + "Link Down");
        kernel.printk().info(slot + "Card not present");
        disableSlot(place, false);
    }

    @KernelFunction("pciehp_disable_slot")
    private void disableSlot(Occupied place, boolean presence) {
        unconfigure(place.device());
        if (presence) {
            kernel.sched().msleep(POWER_OFF_MS);
        }
    }

    @KernelFunction("pciehp_unconfigure_device")
    private void unconfigure(Device device) {
        stopAndRemove(device);
    }
}
