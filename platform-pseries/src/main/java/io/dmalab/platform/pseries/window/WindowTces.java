package io.dmalab.platform.pseries.window;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.MachineScoped;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.platform.pseries.hvcall.Firmware;
import io.dmalab.platform.pseries.hvcall.PlparHcalls;
import io.dmalab.platform.pseries.hypervisor.Hcall;
import io.dmalab.platform.pseries.hypervisor.TceTable;
import io.dmalab.platform.pseries.tce.TceOps;
import io.dmalab.platform.pseries.tce.TcePages;
import jakarta.inject.Inject;

/**
 * The range helpers of directly mapped windows, tce_clearrange_multi_pSeriesLP and tce_setrange_multi_pSeriesLP of
 * arch/powerpc/platforms/pseries/iommu.c (v6.12; facts: tce-hcalls.md 9): they stop at the first error, undo nothing and print nothing.
 */
@MachineScoped
public final class WindowTces {
    private final Kernel kernel;
    private final Firmware firmware;
    private final PlparHcalls hcalls;
    private final TcePages pages;

    @Inject
    public WindowTces(Kernel kernel, Firmware firmware, PlparHcalls hcalls, TcePages pages) {
        this.kernel = kernel;
        this.firmware = firmware;
        this.hcalls = hcalls;
        this.pages = pages;
    }

    /** Clears the entries of {@code bytes} from physical address {@code start} on. @return 0 or the hypercall's code */
    @KernelFunction("tce_clearrange_multi_pSeriesLP")
    long clear(WindowRecord window, long start, long bytes) {
        long tceSize = 1L << window.tceShift();
        long next = start & -tceSize;
        long left = count(window, start, bytes);
        long rc = Hcall.H_SUCCESS;
        while (left > 0 && rc == Hcall.H_SUCCESS) {
            long limit = Math.min(left, TceOps.CHUNK);
            rc = hcalls.windowStuff(window.liobn(), window.base() + next, 0, limit);
            next += limit << window.tceShift();
            left -= limit;
        }
        return rc;
    }

    /** What clearing comes to when the record makes a window of no entries: the loop makes its call before it looks. */
    @KernelFunction("tce_clearrange_multi_pSeriesLP")
    long clearNothing(long liobn, long base) {
        return hcalls.windowStuff(liobn, base, 0, 0);
    }

    /** Maps physical memory at its own offset in the window, for reading and writing. @return 0 or the hypercall's code */
    @KernelFunction("tce_setrange_multi_pSeriesLP")
    long set(WindowRecord window, long start, long bytes) {
        if (!firmware.features().putTceIndirect()) {
            return setSingly(window, start, bytes);
        }
        long tceSize = 1L << window.tceShift();
        long next = start & -tceSize;
        long left = count(window, start, bytes);
        long[] list = pages.ofCpu(kernel.sched().cpu());
        long rc = Hcall.H_SUCCESS;
        while (left > 0 && rc == Hcall.H_SUCCESS) {
            int limit = (int) Math.min(left, TceOps.CHUNK);
            long ioba = window.base() + next;
            for (int i = 0; i < limit; i++) {
                list[i] = next | TceTable.PERM_MASK;
                next += tceSize;
            }
            rc = hcalls.windowPutIndirect(window.liobn(), ioba, list, limit);
            left -= limit;
        }
        return rc;
    }

    /** tce_build_pSeriesLP() on the range: only an exhausted hypervisor ends it early. */
    @KernelFunction("tce_build_pSeriesLP")
    private long setSingly(WindowRecord window, long start, long bytes) {
        long tceSize = 1L << window.tceShift();
        long end = start + (bytes & -tceSize);
        for (long next = start; next < end; next += tceSize) {
            long rc = hcalls.tcePut(window.liobn(), window.base() + next, next | TceTable.PERM_MASK);
            if (rc == Hcall.H_NOT_ENOUGH_RESOURCES) {
                return rc;
            }
        }
        return Hcall.H_SUCCESS;
    }

    /** Entries of a range; one that is begun at its end but not filled is not among them. */
    private static long count(WindowRecord window, long start, long bytes) {
        long tceMask = (1L << window.tceShift()) - 1;
        return (bytes + (start & tceMask) | tceMask) >>> window.tceShift();
    }
}
