package io.dmalab.api.policy;

import io.dmalab.api.device.Device;

/** A translation table whose last reference is gone and that is about to be freed. */
public interface TableRelease extends TableHandle {
    /** The device whose table pointer still leads here; null if no device is known. */
    Device device();

    /** Kernel function in whose name messages are printed, e.g. {@code iommu_table_free}. */
    String function();

    /** Clears the device's table pointer, so that late unmaps find none. */
    void clearDevicePointer();

    /** Waits until {@link #inUse} is false, woken by the unmap that clears the last entry; false after {@code jiffies}. Task context. */
    boolean awaitIdle(long jiffies);

    /** A table that is kept is freed by a worker as soon as no entry is in use; without this it stays for ever. */
    void freeWhenIdle();

    /**
     * The same, after a grace period for the unmap that cleared the last bit and has not left the table yet.
     *
     * @param gracePeriodNanos what that takes; 0 for none
     */
    default void freeWhenIdle(long gracePeriodNanos) {
        freeWhenIdle();
    }
}
