package io.dmalab.platform.pci;

import io.dmalab.api.Components;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceNode;
import io.dmalab.api.device.Platform;
import io.dmalab.api.dma.IommuBackend;
import io.dmalab.api.kernel.Architecture;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.platform.pci.direct.DirectSettings;
import io.dmalab.platform.pci.direct.Swiotlb;
import io.dmalab.platform.pci.hotplug.PciHotplug;
import jakarta.inject.Inject;
import java.util.Locale;

/**
 * A PCI Express machine without an IOMMU: root ports with hot-plug slots, one function in each (drivers/pci, v6.14). Left out: firmware
 * tables, bus numbers and resources; a device's node only gives it a place.
 */
final class PciPlatform implements Platform {
    private final Kernel kernel;
    private final PciOptions options;
    private final Components components;
    private final DirectSettings settings;
    private final PciHotplug hotplug;
    private final Swiotlb swiotlb;
    private IommuBackend backend;
    private DeviceNode hostBridge;

    @Inject
    PciPlatform(Kernel kernel, PciOptions options, Components components, DirectSettings settings, PciHotplug hotplug, Swiotlb swiotlb) {
        this.kernel = kernel;
        this.options = options;
        this.components = components;
        this.settings = settings;
        this.hotplug = hotplug;
        this.swiotlb = swiotlb;
    }

    @Override
    public void boot() {
        settings.configure(options.dmaOffset().bytes(), options.swiotlb() == PciOptions.Bounce.FORCE || kernel.policy().bouncesMappings());
        swiotlb.init(options.swiotlbAt().bytes(), options.swiotlbSize().bytes());
        backend = components.create(IommuBackend.class, options.iommu());
        hostBridge = kernel.deviceTree().create(kernel.deviceTree().root(), "pcie@0");
    }

    @Override
    public Device plug(String alias, int index) {
        settings.reach(alias, index < options.reach().size() ? options.reach().get(index).bytes() : 0);
        String number = Integer.toHexString(index + 1);
        return hotplug.plug(index, hostBridge, "device@" + number + ",0", String.format(Locale.ROOT, "0000:%02x:00.0", index + 1), alias,
                backend);
    }

    @Override
    public Outcome remove(Device device) {
        return hotplug.remove(device, options.removal());
    }

    @Override
    public Architecture architecture() {
        return Architecture.ARM64;
    }

    @Override
    public String removalTool(Device device) {
        return hotplug.tool(options.removal(), device);
    }
}
