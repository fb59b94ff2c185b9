package io.dmalab.platform.pci;

import io.dmalab.api.config.ByteSize;
import io.dmalab.api.config.Option;
import io.dmalab.platform.pci.hotplug.Removal;
import java.util.List;

/** Options of the platform {@code pci}. The defaults are a server whose bus addresses are its physical addresses. */
public record PciOptions(
        @Option(value = "slot", doc = "how devices are removed: sysfs, slot (power written 0), sriov (sriov_numvfs written 0), surprise "
                + "(card pulled) or unbind (driver only)") Removal removal,
        @Option(value = "dma-direct", doc = "IOMMU backend of the devices") String iommu,
        @Option(value = "0B", doc = "bus address minus physical address of the bridges (dma-ranges); 0 on most servers") ByteSize dmaOffset,
        @Option(value = "[]", doc = "memory that the device in each slot reaches, first slot first; 0B: all; what lies beyond is bounced")
                List<ByteSize> reach,
        @Option(value = "auto", doc = "bounce buffers: auto (what a device cannot reach) or force (everything)") Bounce swiotlb,
        @Option(value = "64MiB", doc = "size of the bounce buffer pool") ByteSize swiotlbSize,
        @Option(value = "3GiB", doc = "physical address of the pool") ByteSize swiotlbAt) {

    private static final long PAGE = 1L << 16;
    /** What lies below is the kernel's own. */
    private static final long LOWEST = 1L << 24;

    /** When memory is bounced. */
    public enum Bounce { AUTO, FORCE }

    public PciOptions {
        reach = List.copyOf(reach);
        if (swiotlbSize.bytes() % PAGE != 0 || swiotlbSize.bytes() > 1L << 30) {
            throw new IllegalArgumentException("swiotlb-size " + swiotlbSize + " is out of range; use multiples of 64KiB up to 1GiB");
        }
        if (swiotlbAt.bytes() % PAGE != 0 || swiotlbAt.bytes() < LOWEST) {
            throw new IllegalArgumentException("swiotlb-at " + swiotlbAt + " cannot be; use a multiple of 64KiB from 16MiB on");
        }
        if (dmaOffset.bytes() % PAGE != 0) {
            throw new IllegalArgumentException("dma-offset " + dmaOffset + " is not aligned; use a multiple of 64KiB");
        }
    }
}
