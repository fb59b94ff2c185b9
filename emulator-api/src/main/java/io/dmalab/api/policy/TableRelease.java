package io.dmalab.api.policy;

import io.dmalab.api.device.Device;
import io.dmalab.api.kernel.Kernel;

/** A translation table whose last reference is gone and that is about to be freed. */
public interface TableRelease {
    Kernel kernel();

    /** The device's table pointer still leads here; null if no device is known. */
    Device device();

    /** Kernel function in whose name messages are printed, e.g. {@code iommu_table_free}. */
    String function();

    /** What it translates for, e.g. {@code LIOBN 0x70000016}. */
    String subject();

    /** The table's own in-use test (iommu_table_in_use): without locks, reserved entries ignored. */
    boolean inUse();

    /** Entries in use. */
    long used();

    /** From now on unmaps clear the table's bits only and issue no hypercall. */
    void markDead();

    /** Clears the device's table pointer, so that late unmaps find none. */
    void clearDevicePointer();

    /** Waits until {@link #inUse} is false, woken by the unmap that clears the last entry; false after {@code jiffies}. Task context. */
    boolean awaitIdle(long jiffies);
}
