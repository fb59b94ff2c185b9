package io.dmalab.platform.s390;

import io.dmalab.api.Components;
import io.dmalab.api.KernelFunction;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceNode;
import io.dmalab.api.device.Platform;
import io.dmalab.api.dma.IommuBackend;
import io.dmalab.api.kernel.Architecture;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.policy.RemovalPermit;
import io.dmalab.iommu.core.IommuSettings;
import io.dmalab.platform.pci.hotplug.PciHotplug;
import io.dmalab.platform.pci.hotplug.Removal;
import jakarta.inject.Inject;
import java.util.Locale;
import java.util.Optional;

/**
 * A partition of an IBM Z with zPCI functions (arch/s390/pci/pci.c and pci_event.c, drivers/pci/hotplug/s390_pci_hpc.c, v6.14; general
 * knowledge, facts: real-world-reports.md A3). Powering a slot off removes the PCI device and deconfigures the function. Left out:
 * SCLP's answers, other functions of an adapter, error recovery.
 */
final class S390Platform implements Platform {
    private static final int ENODEV = 19;

    private final Kernel kernel;
    private final S390Options options;
    private final Components components;
    private final IommuSettings iommu;
    private final S390Settings settings;
    private final PciHotplug hotplug;
    private IommuBackend backend;
    private DeviceNode bus;

    @Inject
    S390Platform(Kernel kernel, S390Options options, Components components, IommuSettings iommu, S390Settings settings,
            PciHotplug hotplug) {
        this.kernel = kernel;
        this.options = options;
        this.components = components;
        this.iommu = iommu;
        this.settings = settings;
        this.hotplug = hotplug;
    }

    @Override
    public void boot() {
        iommu.configure(options.allocator(), options.flushQueue(), false);
        settings.configure(options.allocator());
        backend = components.create(IommuBackend.class, options.iommu());
        bus = kernel.deviceTree().create(kernel.deviceTree().root(), "zpci@0");
    }

    /** A function with a UID of its own, which gives its PCI domain. */
    @Override
    public Device plug(String alias, int index) {
        return hotplug.plug(index, bus, "function@" + Integer.toHexString(index + 1), String.format(Locale.ROOT, "%04x:00:00.0", index + 1),
                alias, backend);
    }

    @Override
    public Outcome remove(Device device) {
        if (options.removal() == S390Options.Way.SURPRISE) {
            return hardDeconfigured(device);
        }
        Optional<Outcome> refused = RemovalPermit.ask(kernel, device);
        if (refused.isPresent()) {
            return refused.get();
        }
        return options.removal() == S390Options.Way.SYSFS ? hotplug.remove(device, Removal.SYSFS) : powerWriteFile(device);
    }

    /** {@code echo 0 > /sys/bus/pci/slots/.../power}. */
    @KernelFunction("power_write_file")
    private Outcome powerWriteFile(Device device) {
        return disableSlot(device);
    }

    @KernelFunction("disable_slot")
    private Outcome disableSlot(Device device) {
        return hotplug.forget(device) ? deconfigure(device) : gone(device);
    }

    @KernelFunction("zpci_deconfigure_device")
    private Outcome deconfigure(Device device) {
        if (backend instanceof ZpciDma own) {
            ZpciDma.ZpciDev zdev = ZpciDma.zdev(device);
            busRemoveDevice(device);
            own.exit(zdev);
        } else {
            busRemoveDevice(device);
        }
        return new Outcome.Removed();
    }

    /** The platform has taken the function away: what software does now reaches no hardware. */
    @KernelFunction("zpci_event_hard_deconfigured")
    private Outcome hardDeconfigured(Device device) {
        if (!hotplug.forget(device)) {
            return gone(device);
        }
        device.disconnect();
        return deconfigure(device);
    }

    @KernelFunction("zpci_bus_remove_device")
    private void busRemoveDevice(Device device) {
        kernel.devices().rescanRemoveLock().lock();
        kernel.devices().remove(device);
        kernel.devices().rescanRemoveLock().unlock();
    }

    private static Outcome gone(Device device) {
        return new Outcome.Failed(ENODEV, "no such function in a slot: " + device.name());
    }

    @Override
    public Architecture architecture() {
        return Architecture.S390;
    }

    @Override
    public String removalTool(Device device) {
        return options.removal() == S390Options.Way.SURPRISE ? "kmcheck" : "bash";
    }
}
