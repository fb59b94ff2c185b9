package io.dmalab.platform.pseries.tce;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.MachineScoped;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.Scheduler;
import io.dmalab.platform.pseries.hvcall.Firmware;
import io.dmalab.platform.pseries.hvcall.PlparHcalls;
import io.dmalab.platform.pseries.hypervisor.Hcall;
import io.dmalab.platform.pseries.hypervisor.TceTable;
import io.dmalab.platform.pseries.iommu.IommuTable;
import io.dmalab.platform.pseries.iommu.IommuTableOps;
import jakarta.inject.Inject;

/**
 * iommu_table_lpar_multi_ops of arch/powerpc/platforms/pseries/iommu.c (v6.12; facts: tce-hcalls.md 6 and 7): chunks of at most 512
 * entries, and an error that reaches the caller only if it is H_NOT_ENOUGH_RESOURCES. Left out: exchange for VFIO.
 */
@MachineScoped
public final class TceOps implements IommuTableOps {
    /** Entries of one multi-entry call: a 4 KiB page of them. */
    public static final int CHUNK = 512;

    private final Scheduler sched;
    private final Firmware firmware;
    private final PlparHcalls hcalls;
    private final TcePages pages;
    private final TceFailures failures;

    @Inject
    public TceOps(Kernel kernel, Firmware firmware, PlparHcalls hcalls, TcePages pages, TceFailures failures) {
        this.sched = kernel.sched();
        this.firmware = firmware;
        this.hcalls = hcalls;
        this.pages = pages;
        this.failures = failures;
    }

    @Override
    @KernelFunction("tce_buildmulti_pSeriesLP")
    public long set(IommuTable table, long entry, int npages, long physical, DmaDirection direction) {
        if (npages == 1 || !firmware.features().putTceIndirect()) {
            return build(table, entry, npages, physical, direction);
        }
        long liobn = table.index();
        int shift = table.pageShift();
        long[] list = pages.ofCpu(sched.cpu());
        long tce = physical >>> shift << shift | permissions(direction);
        long at = entry;
        int left = npages;
        int limit;
        long rc;
        do {
            limit = Math.min(left, CHUNK);
            for (int i = 0; i < limit; i++) {
                list[i] = tce;
                tce += 1L << shift;
            }
            rc = hcalls.tcePutIndirect(liobn, at << shift, list, limit);
            left -= limit;
            at += limit;
        } while (left > 0 && rc == Hcall.H_SUCCESS);
        if (rc == Hcall.H_NOT_ENOUGH_RESOURCES) {
            int done = npages - left - limit;
            if (done > 0) {
                clear(table, entry, done);
            }
            return rc;
        }
        if (rc != Hcall.H_SUCCESS) {
            failures.putIndirect(table, rc, left, list[0], at - limit, limit);
        }
        return 0;
    }

    /** One H_PUT_TCE a page; an error other than H_NOT_ENOUGH_RESOURCES is logged and the next page tried. */
    @KernelFunction("tce_build_pSeriesLP")
    private long build(IommuTable table, long entry, int npages, long physical, DmaDirection direction) {
        long liobn = table.index();
        int shift = table.pageShift();
        long tce = physical >>> shift << shift | permissions(direction);
        for (int i = 0; i < npages; i++) {
            long rc = hcalls.tcePut(liobn, entry + i << shift, tce);
            if (rc == Hcall.H_NOT_ENOUGH_RESOURCES) {
                if (i > 0) {
                    freeSingle(table, entry, i);
                }
                return rc;
            }
            if (rc != Hcall.H_SUCCESS) {
                failures.put("tce_build_pSeriesLP", table, rc, entry + i, tce);
            }
            tce += 1L << shift;
        }
        return 0;
    }

    @Override
    @KernelFunction("tce_freemulti_pSeriesLP")
    public void clear(IommuTable table, long entry, long npages) {
        if (!firmware.features().stuffTce()) {
            freeSingle(table, entry, npages);
            return;
        }
        long liobn = table.index();
        int shift = table.pageShift();
        if (foreign(table, liobn)) {
            failures.foreignWindow(table, liobn, entry, npages);
        }
        if (npages > CHUNK && hcalls.stuffNothing(liobn, entry << shift, npages, CHUNK)) {
            return;
        }
        long at = entry;
        long left = npages;
        long limit;
        long rc;
        do {
            limit = Math.min(left, CHUNK);
            rc = hcalls.tceStuff(liobn, at << shift, 0, limit);
            left -= limit;
            at += limit;
        } while (left > 0 && rc == Hcall.H_SUCCESS);
        if (rc != Hcall.H_SUCCESS) {
            failures.stuff(table, rc, npages, at - limit, limit);
        }
    }

    @KernelFunction("tce_free_pSeriesLP")
    private void freeSingle(IommuTable table, long entry, long npages) {
        long liobn = table.index();
        int shift = table.pageShift();
        if (foreign(table, liobn)) {
            failures.foreignWindow(table, liobn, entry, npages);
        }
        for (long i = 0; i < npages; i++) {
            long rc = hcalls.tcePut(liobn, entry + i << shift, 0);
            if (rc != Hcall.H_SUCCESS) {
                failures.put("tce_free_pSeriesLP", table, rc, entry + i, 0);
            }
        }
    }

    @Override
    @KernelFunction("tce_get_pSeriesLP")
    public long get(IommuTable table, long entry) {
        long rc = hcalls.tceGet(table.index(), entry << table.pageShift());
        if (rc != Hcall.H_SUCCESS) {
            failures.get(table, rc, entry);
        }
        return hcalls.output();
    }

    /** READ always, WRITE unless the device only reads. */
    static long permissions(DmaDirection direction) {
        return direction == DmaDirection.TO_DEVICE ? TceTable.PERM_READ : TceTable.PERM_MASK;
    }

    /** The number leads to a window of another bridge now. */
    private boolean foreign(IommuTable table, long liobn) {
        TceTable window = firmware.hypervisor().window(liobn);
        return window != null && window.owner() != table.owner();
    }
}
