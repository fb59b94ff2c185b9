package io.dmalab.platform.pseries.iommu;

/** include/linux/log2.h. */
public final class Order {
    private Order() {}

    /** order_base_2(): log2 of {@code value}, rounded up; 0 for 0 and 1. Unsigned. */
    public static int base2(long value) {
        return value == 0 || value == 1 ? 0 : Long.SIZE - Long.numberOfLeadingZeros(value - 1);
    }
}
