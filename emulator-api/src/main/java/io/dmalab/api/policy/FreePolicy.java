package io.dmalab.api.policy;

import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.Metrics;
import java.util.List;
import java.util.Optional;

/**
 * What is done with live mappings when the device goes. Every hook defaults to the legacy kernel, so a policy overrides only what it
 * changes; a class that overrides nothing is the policy {@code legacy}. One instance per machine; it may inject {@link
 * io.dmalab.api.kernel.Kernel}.
 */
public interface FreePolicy {
    /** Asked before anything of a removal has begun. Task context. */
    default Verdict beforeRemoval(Device device) {
        return Verdict.PROCEED;
    }

    /** A device has been deleted and leaves its IOMMU group. Its memory is still there, its driver is not. Task context, may sleep. */
    default void deviceGone(Device device) {}

    /**
     * Order of the detach notifier's actions, none of them twice (the seed's second hunk swaps the first two). One that is left out is the
     * policy's own to take, sooner or later.
     */
    default List<DetachStep> detachPlan() {
        return List.of(DetachStep.REMOVE_WINDOWS, DetachStep.RELEASE_TABLES, DetachStep.FORGET_WINDOW);
    }

    /**
     * Called when a table's last reference is gone, before its bitmap is freed (the seed's first hunk waits here). Task context, may
     * sleep. {@link Verdict.Proceed} frees it; {@link Verdict.Keep} keeps it as a zombie.
     */
    default Verdict releaseTable(TableRelease table) {
        if (table.inUse()) {
            table.kernel().printk().warn(table.function() + ": Unexpected TCEs");
        }
        return Verdict.PROCEED;
    }

    /** The guard of a new table, whose handle stays good for the table's life. Task context. */
    default TableGuard guardTable(TableHandle table) {
        return TableGuard.NONE;
    }

    /**
     * The guard of a new pool. Task context.
     *
     * @param poolSize slots of the recycle ring that the driver asks for; 0 if it does not say
     */
    default PoolGuard guardPool(Device device, int poolSize) {
        return PoolGuard.NONE;
    }

    /**
     * Whether a driver that leaves the mapping of its receive pages to the page_pool maps them itself instead, and unmaps a page when it
     * lets go of it. Asked when a receive queue is opened; task context.
     */
    default boolean driverMaps(Device device) {
        return false;
    }

    /**
     * Whether a memory provider (io_uring's zero-copy receive) ends the mapping of its area when its queue is uninstalled; else its process
     * does, when it closes the ring. Task context, RTNL held.
     */
    default boolean providersUnmap(Device device) {
        return false;
    }

    /** Asked at each (re)broadcast of a netdev's unregistration; {@link Verdict.WaitFor} stalls it. Task context, RTNL held. */
    default Verdict unregister(Device device, String netdev, int poolPagesInFlight) {
        return Verdict.PROCEED;
    }

    /**
     * True if {@link #mapped} and {@link #unmapping} are to be called; asked once per machine, so that the data path pays nothing
     * otherwise.
     */
    default boolean watchesMappings() {
        return false;
    }

    /** A streaming mapping was made. Any context. */
    default void mapped(Device device, long dmaAddress, long bytes, DmaDirection direction) {}

    /** A streaming mapping is about to be ended; false drops the unmap and counts it. Any context. */
    default boolean unmapping(Device device, long dmaAddress, long bytes, DmaDirection direction) {
        return true;
    }

    /** IOMMU backend that the policy puts in the place of the platform's own, by its id. Asked when the platform boots. */
    default Optional<String> iommuBackend() {
        return Optional.empty();
    }

    /** Every streaming mapping goes through a bounce buffer, on platforms that have such and no IOMMU. Asked when the platform boots. */
    default boolean bouncesMappings() {
        return false;
    }

    /**
     * Firmware is asked for the slot before the kernel gives up what it knows of it, and refuses to take it while a window of it has valid
     * entries. Asked when the platform boots.
     */
    default boolean firmwareGuardsSlot() {
        return false;
    }

    /** An IOMMU group may have references when its endpoint is given up; in the kernel of pSeries that is a BUG. */
    default boolean groupMayOutlive() {
        return false;
    }

    /** What the policy costs in memory, in bytes per mapped page; reported as {@link Metrics#BYTES_PER_PAGE}. */
    default int bytesPerMappedPage() {
        return 0;
    }
}
