package io.dmalab.api.kernel;

/**
 * What differs between kernel versions: behaviour and message layout together (facts: formats.md 1.1, page-pool.md, ddw.md 11).
 *
 * @param id                    name in scenarios
 * @param release               what {@code uname -r} says; part of the stack dump header
 * @param tceLayout             layout of the TCE error block
 * @param poolWarningHasId      stall warnings carry the pool id
 * @param poolWarningMuted      stall warnings are silent while the pool is linked to a netdev (since 6.8)
 * @param poolTracksMappings    the pool itself tracks its mappings and unmaps them at destroy (6.16, stable 6.15.3)
 * @param poolPinsDevice        a pool with DMA mapping takes a reference on its device
 * @param poolRingClamped       a too large ring is clamped to 16384 instead of refused with -E2BIG
 * @param poolStopsAtNegative   the retry worker stops at a negative in-flight count too
 * @param msleepExtraTick       msleep adds one tick (before 6.12)
 * @param ddwAnyMaskOver32      enable_ddw runs for every mask above 32 bits, with limited addressing; else for exactly 64 bits
 * @param ddwReservesPages      the MMIO reservation of a dynamic window is given in pages, not bytes (6.12.13)
 * @param dmaTraceEvents        the dma:* trace events exist (6.12)
 * @param kasanPrefix           text after "BUG: KASAN: " for slab memory
 */
public record KernelProfile(
        String id,
        String release,
        TceLayout tceLayout,
        boolean poolWarningHasId,
        boolean poolWarningMuted,
        boolean poolTracksMappings,
        boolean poolPinsDevice,
        boolean poolRingClamped,
        boolean poolStopsAtNegative,
        boolean msleepExtraTick,
        boolean ddwAnyMaskOver32,
        boolean ddwReservesPages,
        boolean dmaTraceEvents,
        String kasanPrefix) {

    /** Layout of the block that a failed TCE call prints. */
    public enum TceLayout {
        /** rc, index, npages. */
        UPSTREAM,
        /** The seed's instrumented SUSE test kernel: rc, index, limit, tce, pgshift, npages, tbl. */
        INSTRUMENTED
    }

    public static final KernelProfile SLE15SP6_6_4 = new KernelProfile("sle15sp6-6.4.0-instrumented", "6.4.0-623164-default",
            TceLayout.INSTRUMENTED, false, false, false, true, false, false, true, false, false, false, "slab-use-after-free");
    public static final KernelProfile V6_4 = new KernelProfile("v6.4", "6.4.0",
            TceLayout.UPSTREAM, false, false, false, true, false, false, true, false, false, false, "slab-use-after-free");
    public static final KernelProfile V6_12 = new KernelProfile("v6.12", "6.12.0",
            TceLayout.UPSTREAM, true, true, false, true, false, false, false, false, false, true, "slab-use-after-free");
    public static final KernelProfile V6_14 = new KernelProfile("v6.14", "6.14.0-rc3",
            TceLayout.UPSTREAM, true, true, false, true, false, false, false, false, true, true, "slab-use-after-free");
    public static final KernelProfile V6_16 = new KernelProfile("v6.16", "6.16.0",
            TceLayout.UPSTREAM, true, true, true, false, true, true, false, true, true, true, "slab-use-after-free");

    /** All profiles, oldest first. */
    public static java.util.List<KernelProfile> all() {
        return java.util.List.of(SLE15SP6_6_4, V6_4, V6_12, V6_14, V6_16);
    }
}
