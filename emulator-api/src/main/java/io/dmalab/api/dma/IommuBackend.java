package io.dmalab.api.dma;

import io.dmalab.api.device.Device;

/**
 * How a device's DMA addresses are translated. One instance per machine, shared by its devices; per-device state is kept in
 * {@link Device#archdata}. Called by the DMA API; {@code bytes} is at least 1.
 */
public interface IommuBackend {
    /** Prepares a new device, before its driver is bound. Task context. */
    void attach(Device device);

    /** dma_configure() of the bus: a driver is about to be bound. Task context. */
    default void configure(Device device) {}

    /**
     * The DMA side of device_unbind_cleanup(): the driver's remove is over, its DMA ops and range map go (mlx-driver.md 7). Late unmaps may
     * follow. Task context.
     */
    default void unbindCleanup(Device device) {}

    /**
     * The driver set its mask. May create a window, may set {@link Device#dmaBypass}. False refuses the mask. Task context, may sleep.
     */
    boolean dmaSupported(Device device, long mask);

    /** Maps {@code bytes} from {@code physical}; the DMA address or {@link DmaApi#MAPPING_ERROR}. Any context, must not sleep. */
    long map(Device device, long physical, long bytes, DmaDirection direction);

    /** Ends a mapping. Any context, must not sleep. The device may have been removed. */
    void unmap(Device device, long dmaAddress, long bytes, DmaDirection direction);

    /**
     * Maps physically contiguous memory for dma_alloc_coherent(), bidirectionally; the DMA address or {@link DmaApi#MAPPING_ERROR}. Task
     * context. The default maps it like streaming memory; a backend with other size or alignment rules for it overrides both methods.
     */
    default long mapCoherent(Device device, long physical, long bytes) {
        return map(device, physical, bytes, DmaDirection.BIDIRECTIONAL);
    }

    /** Ends a mapping made by {@link #mapCoherent}. Task context. */
    default void unmapCoherent(Device device, long dmaAddress, long bytes) {
        unmap(device, dmaAddress, bytes, DmaDirection.BIDIRECTIONAL);
    }

    /** What the hardware does with an access now: a physical address, or {@link DmaApi#MAPPING_ERROR} if it faults. No side effect. */
    long translate(Device device, long dmaAddress, boolean write);

    /**
     * The device makes that access: as {@link #translate}, but hardware that caches translations may answer from its cache, and keeps what
     * it has looked up. Called for each page of 4 KiB that an access touches, in no context of the kernel's: it is hardware that acts. The
     * default caches nothing.
     */
    default long access(Device device, long dmaAddress, boolean write) {
        return translate(device, dmaAddress, write);
    }

    /**
     * {@link #access} has refused the device at this address. How the kernel hears of it is the backend's own business: an interrupt is
     * scheduled with {@link io.dmalab.api.kernel.Scheduler#at}. No context. The default is the host bridge of a POWER machine.
     *
     * @param dmaAddress first address of the access that was refused, or of the page of it that was
     */
    default Refusal refused(Device device, long dmaAddress, boolean write) {
        return Refusal.FREEZE;
    }

    /** What becomes of a device whose access was refused. */
    enum Refusal {
        /** It is stopped: later accesses are refused without a word (EEH). A finding {@code eeh-freeze}. */
        FREEZE,
        /** The one access is lost and the device goes on. A finding {@code dma-fault}. */
        FAULT
    }

    /** Some mapping made through {@link #map} is not unmapped yet, as the backend itself sees it. */
    boolean inUse(Device device);
}
