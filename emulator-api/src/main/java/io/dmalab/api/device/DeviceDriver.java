package io.dmalab.api.device;

/** A device driver. One instance per device. All calls: task context, device lock held, may sleep. */
public interface DeviceDriver {
    /** Name in messages, e.g. {@code mlx5_core}. */
    String name();

    /** Takes the device into use. @throws RuntimeException to refuse; the machine reports it as a finding */
    void probe(Device device);

    /** Brings it up after probe (ifup for a NIC). */
    default void up(Device device) {}

    /** Lets go of the device; when this returns no DMA and no DMA API call may follow from the driver itself. */
    void remove(Device device);
}
