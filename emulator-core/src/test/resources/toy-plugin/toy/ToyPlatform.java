package toy;

import io.dmalab.api.Components;
import io.dmalab.api.config.Option;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceNode;
import io.dmalab.api.device.Platform;
import io.dmalab.api.dma.IommuBackend;
import io.dmalab.api.kernel.Kernel;
import jakarta.inject.Inject;

final class ToyPlatform implements Platform {
    record Options(@Option(value = "direct", doc = "the IOMMU backend") String iommu) {}

    private final Kernel kernel;
    private final Components components;
    private final Census census;
    private final Options options;
    private IommuBackend backend;

    @Inject
    ToyPlatform(Kernel kernel, Components components, Census census, Options options) {
        this.kernel = kernel;
        this.components = components;
        this.census = census;
        this.options = options;
    }

    @Override
    public void boot() {
        backend = components.create(IommuBackend.class, options.iommu());
        kernel.printk().info("toy: holders " + census.holders());
    }

    @Override
    public Device plug(String alias, int index) {
        DeviceNode node = kernel.deviceTree().find("/toy@" + index).orElse(null);
        if (node == null || !node.attached()) {
            node = kernel.deviceTree().create(kernel.deviceTree().root(), "toy@" + index);
        }
        Device device = kernel.devices().add("0000:0" + index + ":00.0", alias, node);
        device.backend(backend);
        backend.attach(device);
        return device;
    }

    @Override
    public Outcome remove(Device device) {
        if (kernel.devices().byAlias(device.alias()).isEmpty()) {
            return new Outcome.Failed(22, "no such slot");
        }
        kernel.devices().remove(device);
        kernel.deviceTree().detach(device.node());
        return new Outcome.Removed();
    }

    @Override
    public String removalTool(Device device) {
        return "toyctl";
    }
}
