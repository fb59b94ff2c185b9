package io.dmalab.platform.smmu;

import io.dmalab.api.Components;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceNode;
import io.dmalab.api.device.Platform;
import io.dmalab.api.dma.IommuBackend;
import io.dmalab.api.kernel.Architecture;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.iommu.core.IommuSettings;
import io.dmalab.platform.pci.hotplug.PciHotplug;
import jakarta.inject.Inject;
import java.util.Locale;

/**
 * An arm64 server: PCI functions behind an SMMUv3 (report A2's Kunpeng 920). Left out: firmware tables, the physical function and its
 * driver; a device's node only gives it a place.
 */
final class SmmuPlatform implements Platform {
    private final Kernel kernel;
    private final SmmuOptions options;
    private final Components components;
    private final IommuSettings settings;
    private final PciHotplug hotplug;
    private IommuBackend backend;
    private DeviceNode hostBridge;

    @Inject
    SmmuPlatform(Kernel kernel, SmmuOptions options, Components components, IommuSettings settings, PciHotplug hotplug) {
        this.kernel = kernel;
        this.options = options;
        this.components = components;
        this.settings = settings;
        this.hotplug = hotplug;
    }

    @Override
    public void boot() {
        settings.configure(options.allocator(), options.flushQueue(), options.passthrough());
        kernel.printk().info("iommu: Default domain type: " + (options.passthrough() ? "Passthrough" : "Translated"));
        backend = components.create(IommuBackend.class, options.iommu());
        hostBridge = kernel.deviceTree().create(kernel.deviceTree().root(), "pcie@7d");
    }

    @Override
    public Device plug(String alias, int index) {
        String number = Integer.toHexString(index + 1);
        return hotplug.plug(index, hostBridge, "device@" + number + ",0", String.format(Locale.ROOT, "0000:7d:%02x.0", index + 1), alias,
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
