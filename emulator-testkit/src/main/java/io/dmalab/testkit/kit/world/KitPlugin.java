package io.dmalab.testkit.kit.world;

import io.dmalab.api.EmulatorPlugin;
import io.dmalab.api.Extension;
import io.dmalab.api.Extensions;
import io.dmalab.api.device.Action;
import io.dmalab.api.device.DeviceDriver;
import io.dmalab.api.device.Platform;
import io.dmalab.api.dma.DmaAllocator;
import io.dmalab.api.dma.IommuBackend;

/** What the kit's machines are made of where the plugin under test brings nothing: the smallest platform, IOMMU, allocator and driver. */
public final class KitPlugin implements EmulatorPlugin {
    @Override
    public String id() {
        return "testkit";
    }

    @Override
    public String summary() {
        return "The small machine of the compatibility kit";
    }

    @Override
    public void register(Extensions extensions) {
        extensions.add(Extension.of(Platform.class, "kit-platform", KitPlatform.class, "slots, an IOMMU, and every hook of a policy")
                .options(KitPlatform.Options.class));
        extensions.add(IommuBackend.class, "kit-iommu", KitIommu.class, "one translation table for each device");
        extensions.add(DmaAllocator.class, "kit-allocator", KitAllocator.class, "the lowest free range that fits");
        extensions.add(Extension.of(DeviceDriver.class, "kit-nic", KitNic.class, "maps pages, some of which come back late")
                .options(KitNic.Options.class));
        extensions.add(Extension.of(Action.class, "kit-script", ScriptAction.class, "what a check does inside the machine")
                .options(ScriptAction.Options.class));
        extensions.events(KitEvents.WINDOW_REMOVED, KitEvents.TABLE_RELEASED, KitEvents.RECEIVED);
    }
}
