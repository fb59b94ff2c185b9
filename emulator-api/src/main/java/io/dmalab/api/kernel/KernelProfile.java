package io.dmalab.api.kernel;

import io.dmalab.api.profile.Meaning;
import java.util.List;

/**
 * What differs between kernel versions: behaviour and message layout together. Each version below is the one before it with what changed,
 * so that the constants read as a history. The components' meanings are {@code dmalab profiles show ID}, and docs/profiles.md.
 */
public record KernelProfile(
        @Meaning("name in scenarios and of --kernel")
        String id,
        @Meaning(value = "what uname -r says; in the header of stack dumps", source = "formats.md 1.1")
        String release,
        @Meaning(value = "build number and what follows it in that header: SUSE's product and build id, since 6.15 the preemption model "
                + "and a blank",
                source = "seed; lib/dump_stack.c 6.15")
        String version,
        @Meaning(value = "a crash kernel is loaded: the header says so", source = "seed")
        boolean kdumpLoaded,
        @Meaning(value = "taint letters the kernel has from the start", source = "seed")
        String taint,
        @Meaning(value = "number of taint flags, and so the width of the row of letters", source = "include/linux/panic.h: 20 since 6.15")
        int taintFlags,
        @Meaning(value = "stack dumps show the UID and explain the taint letters", source = "lib/dump_stack.c, kernel/panic.c 6.12")
        boolean dumpShowsUid,
        @Meaning(value = "layout of the block that a failed TCE call prints", source = "tce-hcalls.md 8")
        TceLayout tceLayout,
        @Meaning(value = "the stall warning carries the pool's id", source = "page-pool.md 7")
        boolean poolWarningHasId,
        @Meaning(value = "no stall warning while the pool is linked to a netdev, be it loopback", source = "page-pool.md 7: since 6.8")
        boolean poolWarningMuted,
        @Meaning(value = "the pool tracks its mappings and unmaps them all at destroy", source = "page-pool.md 10: 6.16, stable 6.15.3")
        boolean poolTracksMappings,
        @Meaning(value = "a pool that maps holds a reference on its device", source = "page-pool.md 1: until 6.16")
        boolean poolPinsDevice,
        @Meaning(value = "a ring of more than 16384 is clamped to that; else more than 32768 is refused with -E2BIG",
                source = "page-pool.md 1: late, release not verified")
        boolean poolRingClamped,
        @Meaning(value = "the retry worker stops at a negative in-flight count, too", source = "page-pool.md 7: late, release not verified")
        boolean poolStopsAtNegative,
        @Meaning(value = "msleep takes one tick more", source = "dlpar-and-notifiers.md 9: until 6.12")
        boolean msleepExtraTick,
        @Meaning(value = "enable_ddw runs for every mask above 32 bits, with limited addressing, and memory beyond the RAM maximum is "
                + "left out; else it runs for exactly 64 bits and maps such memory, too",
                source = "ddw.md 11, M1 and M3: 6.15, stable 6.12.31")
        boolean ddwAnyMaskOver32,
        @Meaning(value = "the MMIO reservation of a dynamic window is in pages; else in bytes", source = "ddw.md 11: 6.14, stable 6.12.13")
        boolean ddwReservesPages,
        @Meaning(value = "firmware's offer is queried when a device is added, too, before it joins its group",
                source = "recorded boot logs: 6.12 does, 6.1 does not")
        boolean ddwQueriedAtAdd,
        @Meaning(value = "/sys/kernel/dlpar takes 'dt remove'; else drmgr walks /proc/ppc64/ofdt",
                source = "dlpar-and-notifiers.md 1: 6.12")
        boolean dlparTakesDt,
        @Meaning(value = "the dma:* trace events exist", source = "formats.md 1.2: 6.12")
        boolean dmaTraceEvents,
        @Meaning(value = "unbinding clears the DMA ops of a device behind a generic IOMMU: late unmaps are direct ones",
                source = "real-world-reports.md A2: until 6.9")
        boolean unbindClearsDmaOps,
        @Meaning(value = "what a KASAN report calls a use after free of slab memory", source = "formats.md 1.1")
        String kasanPrefix,
        @Meaning(value = "a KASAN report on vmalloc memory that is no longer mapped says that it is some",
                source = "mm/kasan/report.c 6.16")
        boolean kasanNamesVmalloc) {

    /** Layout of the block that a failed TCE call prints. */
    public enum TceLayout {
        /** rc, index, npages. */
        UPSTREAM,
        /** The seed's instrumented SUSE test kernel: rc, index, limit, tce, pgshift, npages, tbl. */
        INSTRUMENTED;

        @Override
        public String toString() {
            return this == UPSTREAM ? "upstream" : "instrumented";
        }
    }

    public static final KernelProfile V6_4 = new KernelProfileBuilder().id("v6.4").release("6.4.0").version("#1").taintFlags(19)
            .tceLayout(TceLayout.UPSTREAM).poolPinsDevice(true).msleepExtraTick(true).unbindClearsDmaOps(true)
            .kasanPrefix("slab-use-after-free").build();

    /** The seed's own: SLE15-SP6 with a test build of the TCE messages. */
    public static final KernelProfile SLE15SP6_6_4 = V6_4.toBuilder().id("sle15sp6-6.4.0-instrumented").release("6.4.0-623164-default")
            .version("#1 SLE15-SP6 763d454e096eda7d91355fd5b171013052d83ed3").kdumpLoaded(true).taint("E")
            .tceLayout(TceLayout.INSTRUMENTED).build();

    public static final KernelProfile V6_12 = V6_4.toBuilder().id("v6.12").release("6.12.0").dumpShowsUid(true).poolWarningHasId(true)
            .poolWarningMuted(true).msleepExtraTick(false).unbindClearsDmaOps(false).ddwQueriedAtAdd(true).dlparTakesDt(true)
            .dmaTraceEvents(true).build();

    public static final KernelProfile V6_14 = V6_12.toBuilder().id("v6.14").release("6.14.0-rc3").ddwReservesPages(true).build();

    /** The stable kernel of the recordings: 6.12 with the window changes of 6.12.13 and 6.12.31 and page_pool's of 6.12.34. */
    public static final KernelProfile V6_12_95 = V6_12.toBuilder().id("v6.12.95").release("6.12.95").ddwReservesPages(true)
            .ddwAnyMaskOver32(true).poolTracksMappings(true).poolPinsDevice(false).build();

    public static final KernelProfile V6_16 = V6_14.toBuilder().id("v6.16").release("6.16.0").version("#1 VOLUNTARY ").taintFlags(20)
            .poolTracksMappings(true).poolPinsDevice(false).poolRingClamped(true).poolStopsAtNegative(true).ddwAnyMaskOver32(true)
            .kasanNamesVmalloc(true).build();

    /** All profiles, oldest first. */
    public static List<KernelProfile> all() {
        return List.of(SLE15SP6_6_4, V6_4, V6_12, V6_12_95, V6_14, V6_16);
    }

    /** A copy to change. */
    public KernelProfileBuilder toBuilder() {
        return new KernelProfileBuilder(this);
    }
}
