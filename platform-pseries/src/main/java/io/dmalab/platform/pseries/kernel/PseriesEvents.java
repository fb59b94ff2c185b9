package io.dmalab.platform.pseries.kernel;

import io.dmalab.api.kernel.EventType;

/** The trace events of this module besides those of {@link io.dmalab.api.tracepoint.PowerpcEvents}: what the kernel does not trace. */
public final class PseriesEvents {
    /** A step of drmgr has ended, with its errno or RTAS status. */
    public static final EventType DRMGR_STEP = EventType.synthetic("dmalab:drmgr_step",
            "drc=0x%x step=%s status=%d", "drc", "step", "status")
            .milestone("drmgr: {step} done");
    /** A window of a PE came or went, as the kernel sees it. */
    public static final EventType WINDOW = EventType.synthetic("dmalab:dma_window", "liobn=0x%x %s base=0x%x page_shift=%d window_shift=%d",
            "liobn", "what", "base", "page_shift", "window_shift").milestone("window {what}");
    /** A table's last reference went; {@code used} entries were still in use when its memory was freed or kept. */
    public static final EventType TABLE_FREE =
            EventType.synthetic("dmalab:iommu_table_free", "liobn=0x%x used=%d kept=%d", "liobn", "used", "kept")
                    .milestone("iommu_table_free, {used} entries in use");

    private PseriesEvents() {}

    /** For the reader of traces. */
    public static EventType[] all() {
        return new EventType[] {DRMGR_STEP, WINDOW, TABLE_FREE};
    }
}
