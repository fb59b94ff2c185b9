package io.dmalab.platform.pseries.tce;

import io.dmalab.api.MachineScoped;
import io.dmalab.api.device.Device;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelProfile.TceLayout;
import io.dmalab.api.kernel.Printk;
import io.dmalab.platform.pseries.hvcall.Firmware;
import io.dmalab.platform.pseries.hypervisor.Hcall;
import io.dmalab.platform.pseries.hypervisor.TceTable;
import io.dmalab.platform.pseries.iommu.IommuTable;
import jakarta.inject.Inject;
import java.util.Locale;

/**
 * What arch/powerpc/platforms/pseries/iommu.c prints about a failed TCE call (v6.12, and the seed's instrumented 6.4; facts: tce-hcalls.md
 * 8): each block behind one look at the kernel-wide rate limit, and every failure a finding whether printed or not.
 */
@MachineScoped
public final class TceFailures {
    private final Kernel kernel;
    private final Printk printk;
    private final Firmware firmware;
    private final boolean instrumented;

    @Inject
    public TceFailures(Kernel kernel, Firmware firmware) {
        this.kernel = kernel;
        this.printk = kernel.printk();
        this.firmware = firmware;
        this.instrumented = kernel.profile().tceLayout() == TceLayout.INSTRUMENTED;
    }

    /** A failed H_PUT_TCE of tce_build_pSeriesLP or tce_free_pSeriesLP. @param tce the entry, 0 for a clear */
    void put(String function, IommuTable table, long rc, long entry, long tce) {
        report("H_PUT_TCE", table, rc, entry, 1);
        if (!printk.ratelimit(function)) {
            return;
        }
        line(function + ": plpar_tce_put failed. rc=" + rc);
        field("index", table.index());
        field("tcenum", entry);
        if (tce != 0) {
            field("tce val", tce);
        }
        printk.dumpStack();
    }

    /** @param left entries not tried after the failing chunk @param first first entry of the list, printed as it lies in memory */
    void putIndirect(IommuTable table, long rc, int left, long first, long entry, int count) {
        report("H_PUT_TCE_INDIRECT", table, rc, entry, count);
        if (!printk.ratelimit("tce_buildmulti_pSeriesLP")) {
            return;
        }
        line("tce_buildmulti_pSeriesLP: plpar_tce_put failed. rc=" + rc);
        field("index", table.index());
        field("npages", left);
        line("\ttce[0] val = 0x" + Long.toHexString(Long.reverseBytes(first)));
        printk.dumpStack();
    }

    /** @param npages entries of the whole request @param entry first of the failing chunk @param limit entries of that */
    void stuff(IommuTable table, long rc, long npages, long entry, long limit) {
        report("H_STUFF_TCE", table, rc, entry, limit);
        if (!printk.ratelimit("tce_freemulti_pSeriesLP")) {
            return;
        }
        line("tce_freemulti_pSeriesLP: plpar_tce_stuff failed");
        line("\trc      = " + rc);
        field("index", table.index());
        if (instrumented) {
            line("\tlimit     = 0x" + Long.toHexString(limit));
            field("tce", entry << table.pageShift());
            field("pgshift", table.pageShift());
        }
        field("npages", npages);
        if (instrumented) {
            line("\ttbl     = " + printk.pointer(table.object()));
        }
        printk.dumpStack();
    }

    void get(IommuTable table, long rc, long entry) {
        report("H_GET_TCE", table, rc, entry, 1);
        if (!printk.ratelimit("tce_get_pSeriesLP")) {
            return;
        }
        line("tce_get_pSeriesLP: plpar_tce_get failed. rc=" + rc);
        field("index", table.index());
        field("tcenum", entry);
        printk.dumpStack();
    }

    /** A table's LIOBN belongs to another bridge by now: whatever of it is live and about to be cleared is somebody else's. */
    void foreignWindow(IommuTable table, long liobn, long entry, long npages) {
        TceTable window = firmware.hypervisor().window(liobn);
        long live = window.liveEntries(window.indexOf(entry << table.pageShift()), npages);
        if (live > 0) {
            Device device = table.device();
            kernel.findings().report(FindingKind.FOREIGN_ENTRY_CLEARED, subject(liobn), String.format(Locale.ROOT,
                    "a late unmap of %s clears %d live %s at bus address 0x%x of the bridge that has the LIOBN now (buid 0x%x)",
                    device == null ? "a removed device" : device.name(), live, live == 1 ? "entry" : "entries", entry << table.pageShift(),
                    window.owner() == null ? 0 : window.owner().config().buid()));
        }
    }

    private void report(String call, IommuTable table, long rc, long entry, long count) {
        int shift = table.pageShift();
        kernel.findings().report(FindingKind.HCALL_ERROR, subject(table.index()), () -> String.format(Locale.ROOT,
                "%s of %d %s at bus address 0x%x (entry 0x%x, %d KiB pages) returned %s (%d)", call, count,
                count == 1 ? "entry" : "entries", entry << shift, entry - table.offset(), (1L << shift) / 1024, Hcall.name(rc), rc));
    }

    private static String subject(long liobn) {
        return "LIOBN 0x" + Long.toHexString(liobn);
    }

    /** Name padded to seven columns, as all of these messages have it. */
    private void field(String name, long value) {
        line(String.format(Locale.ROOT, "\t%-7s = 0x%x", name, value));
    }

    private void line(String text) {
        printk.warn(text);
    }
}
