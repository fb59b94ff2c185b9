package io.dmalab.testkit.kit.world;

import io.dmalab.api.Components;
import io.dmalab.api.config.Option;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceNode;
import io.dmalab.api.device.Platform;
import io.dmalab.api.dma.IommuBackend;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.policy.DetachStep;
import io.dmalab.api.policy.RemovalPermit;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Platform {@code kit-platform}: slots, whatever IOMMU is asked for, and a removal that asks a policy all that a platform asks but for its
 * backend.
 */
public final class KitPlatform implements Platform {
    /**
     * Options.
     *
     * @param entries 1 to 4096
     */
    public record Options(
            @Option(value = "kit-iommu", doc = "IOMMU backend") String iommu,
            @Option(value = "kit-allocator", doc = "DMA allocator of kit-iommu") String allocator,
            @Option(value = "4096", doc = "entries of a device's window, 1 to 4096") long entries,
            @Option(value = "off", doc = "kit-iommu accepts no DMA mask") boolean refuseMasks) {}

    private final Kernel kernel;
    private final Components components;
    private final Options options;
    private IommuBackend backend;

    @Inject
    public KitPlatform(Kernel kernel, Components components, Options options) {
        this.kernel = kernel;
        this.components = components;
        this.options = options;
    }

    @Override
    public void boot() {
        backend = components.create(IommuBackend.class, options.iommu());
    }

    @Override
    public Device plug(String alias, int index) {
        String node = "device@" + index;
        DeviceNode root = kernel.deviceTree().root();
        Optional<DeviceNode> known = root.children().stream().filter(child -> child.name().equals(node)).findFirst();
        Device device = kernel.devices().add(String.format(Locale.ROOT, "0000:%02x:00.0", index + 1), alias,
                known.orElseGet(() -> kernel.deviceTree().create(root, node)));
        device.backend(backend);
        backend.attach(device);
        return device;
    }

    @Override
    public Outcome remove(Device device) {
        Optional<Outcome> refused = RemovalPermit.ask(kernel, device);
        if (refused.isPresent()) {
            return refused.get();
        }
        Object iommu = device.archdata();
        device.get();
        kernel.devices().rescanRemoveLock().lock();
        kernel.devices().remove(device);
        kernel.devices().rescanRemoveLock().unlock();
        kernel.policy().deviceGone(device);
        List<DetachStep> plan = kernel.policy().detachPlan();
        if (iommu instanceof KitTable table) {
            plan.forEach(step -> detach(step, table));
        }
        device.put();
        return new Outcome.Removed();
    }

    private static void detach(DetachStep step, KitTable table) {
        switch (step) {
            case REMOVE_WINDOWS -> table.removeWindow();
            case RELEASE_TABLES -> table.ownerLeaves();
            case FORGET_WINDOW -> { }
        }
    }
}
