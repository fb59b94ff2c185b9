package ${package};

import io.dmalab.api.EmulatorPlugin;
import io.dmalab.api.Extensions;
import io.dmalab.api.device.Platform;
import io.dmalab.api.dma.IommuBackend;
import java.util.List;

/** Registers what this jar offers. */
public final class PlatformPlugin implements EmulatorPlugin {
    @Override
    public String id() {
        return "${artifactId}";
    }

    @Override
    public String summary() {
        return "a PCI machine whose devices have a window of their own";
    }

    /** Its hot-plug slots. */
    @Override
    public List<String> requires() {
        return List.of("platform-pci");
    }

    @Override
    public void register(Extensions extensions) {
        extensions.add(Platform.class, "${artifactId}", WindowPlatform.class, "PCI machine with an IOMMU of one window a device");
        extensions.add(IommuBackend.class, "${artifactId}-window", WindowIommu.class, "one window a device, entries in the order of asking");
    }
}
