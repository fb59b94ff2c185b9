package io.dmalab.platform.pseries.window;

import io.dmalab.api.MachineScoped;
import io.dmalab.api.device.DeviceNode;
import io.dmalab.api.device.DeviceTree;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.platform.pseries.iommu.Order;
import jakarta.inject.Inject;
import java.util.Optional;

/** How much memory the partition has and may get (ddw_memory_hotplug_max, memory_hotplug_max of arch/powerpc/mm/numa.c, v6.12). */
@MachineScoped
public final class PartitionMemoryMap {
    public static final String LRDR_CAPACITY = "ibm,lrdr-capacity";
    /** Nodes whose name begins so are persistent memory. */
    public static final String PMEMORY = "ibm,pmemory";
    private static final int PHYSMEM_BITS_64K = 51;
    private static final int PHYSMEM_BITS_4K = 46;
    private static final int SHIFT_64K = 16;

    private final Kernel kernel;

    @Inject
    public PartitionMemoryMap(Kernel kernel) {
        this.kernel = kernel;
    }

    /** Bytes of RAM now; it starts at 0 and has no holes. */
    public long ramBytes() {
        return kernel.pages().ramBytes();
    }

    /**
     * End of the memory that may ever be plugged, exclusive: what a direct window has to cover. Firmware of a partition that cannot grow
     * says 0, and newer kernels take its word.
     */
    public long hotplugMax() {
        DeviceTree tree = kernel.deviceTree();
        Optional<Long> capacity = tree.find("/rtas").flatMap(node -> node.property(LRDR_CAPACITY))
                .filter(property -> property.length() >= 8).map(property -> property.u64(0));
        // kernels before 6.15 took the largest of all they knew
        return kernel.profile().ddwAnyMaskOver32() ? capacity.orElse(ramBytes()) : Math.max(capacity.orElse(0L), ramBytes());
    }

    /** log2 of {@link #hotplugMax}, rounded up. */
    public int hotplugMaxOrder() {
        return Order.base2(hotplugMax());
    }

    /** MAX_PHYSMEM_BITS. */
    public int physmemBits() {
        return kernel.pages().pageShift() == SHIFT_64K ? PHYSMEM_BITS_64K : PHYSMEM_BITS_4K;
    }

    /** of_find_node_by_type("ibm,pmemory"). */
    public boolean hasPmemory() {
        return hasPmemory(kernel.deviceTree().root());
    }

    private static boolean hasPmemory(DeviceNode node) {
        if (node.name().startsWith(PMEMORY)) {
            return true;
        }
        for (DeviceNode child : node.children()) {
            if (hasPmemory(child)) {
                return true;
            }
        }
        return false;
    }
}
