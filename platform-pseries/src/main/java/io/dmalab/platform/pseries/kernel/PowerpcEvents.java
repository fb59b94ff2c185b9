package io.dmalab.platform.pseries.kernel;

import io.dmalab.api.kernel.EventType;

/** The trace events of this module. The first four have the layouts of arch/powerpc/include/asm/trace.h (v6.14; facts: formats.md 1.2). */
public final class PowerpcEvents {
    public static final EventType HCALL_ENTRY = EventType.of("powerpc:hcall_entry", "opcode=%u", "opcode");
    public static final EventType HCALL_EXIT = EventType.of("powerpc:hcall_exit", "opcode=%u retval=%d", "opcode", "retval");
    public static final EventType RTAS_INPUT = EventType.of("powerpc:rtas_input", "%s arguments: %s", "name", "inputs");
    public static final EventType RTAS_OUTPUT =
            EventType.of("powerpc:rtas_output", "%s status: %d, other outputs: %s", "name", "status", "outputs");

    /** Not a kernel event: a step of drmgr has ended, with its errno or RTAS status. */
    public static final EventType DRMGR_STEP = EventType.of("dmalab:drmgr_step", "drc=0x%x step=%s status=%d", "drc", "step", "status");
    /** Not a kernel event: a window of a PE came or went, as the kernel sees it. */
    public static final EventType WINDOW = EventType.of("dmalab:dma_window", "liobn=0x%x %s base=0x%x page_shift=%d window_shift=%d",
            "liobn", "what", "base", "page_shift", "window_shift");
    /** Not a kernel event: a table's last reference went; {@code used} entries were still in use when its memory was freed or kept. */
    public static final EventType TABLE_FREE =
            EventType.of("dmalab:iommu_table_free", "liobn=0x%x used=%d kept=%d", "liobn", "used", "kept");

    private PowerpcEvents() {}
}
