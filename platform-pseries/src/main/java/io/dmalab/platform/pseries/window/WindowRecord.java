package io.dmalab.platform.pseries.window;

import io.dmalab.api.device.DeviceNode;
import io.dmalab.api.device.Property;
import io.dmalab.platform.pseries.iommu.Order;
import java.util.Optional;

/**
 * struct dynamic_dma_window_prop (arch/powerpc/include/asm/iommu.h, v6.12): where a window is and how large, as Linux notes it in the
 * device tree; 24 bytes, the second cell is padding.
 *
 * @param liobn       number of the window, unsigned 32 bits
 * @param base        bus address of its first entry
 * @param tceShift    log2 of its page size
 * @param windowShift log2 of its size
 */
public record WindowRecord(long liobn, long base, int tceShift, int windowShift) {
    public static final String DEFAULT = "ibm,dma-window";
    public static final String DEFAULT_SAVED = "ibm,dma-window-saved";
    public static final String DIRECT64 = "linux,direct64-ddr-window-info";
    public static final String DMA64 = "linux,dma64-ddr-window-info";
    /** Shorter properties are malformed. */
    public static final int BYTES = 24;
    private static final int DEFAULT_PAGE_SHIFT = 12;

    /** The record as a property. @param name {@link #DIRECT64} or {@link #DMA64} */
    public Property toProperty(String name) {
        return new Property(name, (int) liobn, 0, (int) (base >>> 32), (int) base, tceShift, windowShift);
    }

    /** What the window's table goes by in reports. */
    public String subject() {
        return "LIOBN 0x" + Long.toHexString(liobn);
    }

    /** Reads a property of at least {@link #BYTES} bytes. */
    public static WindowRecord of(Property property) {
        return new WindowRecord(Integer.toUnsignedLong(property.cell(0)), property.u64(2), property.cell(4), property.cell(5));
    }

    /**
     * The record of a node's own dynamic window: the direct one, else the dynamically mapped one; empty if there is none or it is
     * malformed.
     */
    public static Optional<WindowRecord> dynamicOf(DeviceNode node) {
        return node.property(DIRECT64).or(() -> node.property(DMA64)).filter(p -> p.length() >= BYTES).map(WindowRecord::of);
    }

    /**
     * of_parse_dma_window() of the default window: number, two cells of address, two of size. A size that is no power of two is rounded up,
     * as the kernel does.
     */
    public static Optional<WindowRecord> defaultOf(DeviceNode node) {
        return node.property(DEFAULT).map(WindowRecord::parseDefault);
    }

    public static WindowRecord parseDefault(Property property) {
        long liobn = Integer.toUnsignedLong(property.cell(0));
        return new WindowRecord(liobn, property.u64(1), DEFAULT_PAGE_SHIFT, Order.base2(property.u64(3)));
    }
}
