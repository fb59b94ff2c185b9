package org.example.vtd;

import io.dmalab.api.Components;
import io.dmalab.api.KernelFunction;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceNode;
import io.dmalab.api.device.Platform;
import io.dmalab.api.device.SlotTaken;
import io.dmalab.api.dma.IommuBackend;
import io.dmalab.api.kernel.Architecture;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.policy.RemovalPermit;
import jakarta.inject.Inject;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import org.example.vtd.VtdOptions.Invalidation;
import org.example.vtd.VtdOptions.Removal;

/**
 * An x86 server: PCI Express slots with one function in each, all behind one VT-d unit (drivers/pci/pci-sysfs.c,
 * drivers/pci/hotplug/pciehp_ctrl.c, v6.14; general knowledge, no facts sheet describes it). Left out: ACPI tables, several units, bridges
 * and switches, functions that share a group, the slot's power; a device's node only gives it a place.
 */
final class VtdPlatform implements Platform {
    private static final int ENODEV = 19;

    private final Kernel kernel;
    private final VtdOptions options;
    private final Components components;
    private final RemappingUnit unit;
    /** What is in the slots, by slot. */
    private final TreeMap<Integer, Device> slots = new TreeMap<>();
    private IommuBackend backend;
    private DeviceNode rootComplex;

    // tag::inject
    @Inject
    VtdPlatform(Kernel kernel, VtdOptions options, Components components, RemappingUnit unit) {
        this.kernel = kernel;
        this.options = options;
        this.components = components;
        this.unit = unit;
    }
    // end::inject

    // tag::boot
    @Override
    public void boot() {
        unit.init(options);
        kernel.printk().info("DMAR: Host address width 48");
        kernel.printk().info("DMAR: dmar0: Using Queued invalidation");
        kernel.printk().info("iommu: Default domain type: " + (options.passthrough() ? "Passthrough" : "Translated"));
        if (!options.passthrough()) {
            kernel.printk().info("iommu: DMA domain TLB invalidation policy: "
                    + (options.invalidation() == Invalidation.STRICT ? "strict" : "lazy") + " mode");
        }
        backend = components.create(IommuBackend.class, options.iommu());
        rootComplex = kernel.deviceTree().create(kernel.deviceTree().root(), "pci0000:00");
        kernel.printk().info("DMAR: Intel(R) Virtualization Technology for Directed I/O");
    }
    // end::boot

    // tag::plug
    @Override
    public Device plug(String alias, int index) {
        if (slots.containsKey(index)) {
            throw new SlotTaken("slot " + index + " still has " + slots.get(index).name());
        }
        String place = "slot@" + index;
        DeviceNode node = kernel.deviceTree().find(rootComplex.path() + "/" + place)
                .orElseGet(() -> kernel.deviceTree().create(rootComplex, place));
        Device device = kernel.devices().add(String.format(Locale.ROOT, "0000:%02x:00.0", index + 1), alias, node);
        device.backend(backend);
        backend.attach(device);
        slots.put(index, device);
        return device;
    }
    // end::plug

    // tag::remove
    @Override
    public Outcome remove(Device device) {
        Optional<Outcome> refused = options.removal() == Removal.SURPRISE ? Optional.empty() : RemovalPermit.ask(kernel, device);
        if (refused.isPresent()) {
            return refused.get();
        }
        if (!slots.containsValue(device)) {
            return new Outcome.Failed(ENODEV, "no such device in a slot: " + device.name());
        }
        switch (options.removal()) {
            case UNBIND -> unbindStore(device);
            case SYSFS -> removeStore(device);
            case SURPRISE -> presenceChanged(device);
        }
        return new Outcome.Removed();
    }

    @KernelFunction("unbind_store")
    private void unbindStore(Device device) {
        kernel.devices().unbind(device);
    }

    @KernelFunction("remove_store")
    private void removeStore(Device device) {
        stopAndRemoveLocked(device);
    }

    @KernelFunction("pci_stop_and_remove_bus_device_locked")
    private void stopAndRemoveLocked(Device device) {
        slots.values().remove(device);
        kernel.devices().rescanRemoveLock().lock();
        kernel.devices().remove(device);
        kernel.devices().rescanRemoveLock().unlock();
    }

    /** The card is gone before the kernel learns of it: it makes no access any more, and its driver finds out by itself. */
    @KernelFunction("pciehp_handle_presence_or_link_change")
    private void presenceChanged(Device device) {
        device.disconnect();
        int slot = slots.entrySet().stream().filter(entry -> entry.getValue() == device).findFirst().orElseThrow().getKey();
        String port = String.format(Locale.ROOT, "pcieport 0000:00:%02x.0: pciehp: Slot(%d): ", slot + 1, slot);
        kernel.printk().info(port + "Link Down");
        kernel.printk().info(port + "Card not present");
        stopAndRemoveLocked(device);
    }
    // end::remove

    @Override
    public Architecture architecture() {
        return Architecture.X86;
    }

    @Override
    public String removalTool(Device device) {
        return options.removal() == Removal.SURPRISE ? "irq/45-pciehp" : "bash";
    }
}
