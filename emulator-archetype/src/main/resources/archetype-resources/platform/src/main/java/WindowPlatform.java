package ${package};

import io.dmalab.api.Components;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceNode;
import io.dmalab.api.device.Platform;
import io.dmalab.api.dma.IommuBackend;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.platform.pci.hotplug.PciHotplug;
import io.dmalab.platform.pci.hotplug.Removal;
import jakarta.inject.Inject;
import java.util.Locale;

/** Models no machine there is: PCI slots as platform-pci has them, each device behind {@link WindowIommu}. Left out: firmware tables, resources. */
final class WindowPlatform implements Platform {
    private static final Removal REMOVAL = Removal.SLOT;

    private final Kernel kernel;
    private final Components components;
    private final PciHotplug hotplug;
    private IommuBackend backend;
    private DeviceNode bus;

    @Inject
    WindowPlatform(Kernel kernel, Components components, PciHotplug hotplug) {
        this.kernel = kernel;
        this.components = components;
        this.hotplug = hotplug;
    }

    @Override
    public void boot() {
        backend = components.create(IommuBackend.class, "${artifactId}-window");
        bus = kernel.deviceTree().create(kernel.deviceTree().root(), "pcie@0");
    }

    @Override
    public Device plug(String alias, int index) {
        String node = "device@" + Integer.toHexString(index + 1) + ",0";
        return hotplug.plug(index, bus, node, String.format(Locale.ROOT, "0000:%02x:00.0", index + 1), alias, backend);
    }

    @Override
    public Outcome remove(Device device) {
        return hotplug.remove(device, REMOVAL);
    }

    @Override
    public String removalTool(Device device) {
        return hotplug.tool(REMOVAL, device);
    }
}
