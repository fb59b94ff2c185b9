package io.dmalab.platform.pseries.hvcall;

import io.dmalab.api.MachineScoped;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.Counter;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.kernel.Scheduler;
import io.dmalab.api.kernel.Task;
import io.dmalab.api.kernel.Trace;
import io.dmalab.api.tracepoint.PowerpcEvents;
import io.dmalab.platform.pseries.hypervisor.Hcall;
import io.dmalab.platform.pseries.hypervisor.TceHcalls;
import io.dmalab.platform.pseries.hypervisor.TceTable;
import jakarta.inject.Inject;

/**
 * The guest's side of the TCE hypercalls (arch/powerpc/include/asm/plpar_wrappers.h, v6.12): each call is traced as the kernel traces it,
 * takes CPU time and is counted. Any context. The kernel inlines these, so they are never on a call trace.
 */
@MachineScoped
public final class PlparHcalls {
    /** Counter of the calls that fill or clear a whole window, which are none of {@link Metrics#REMOVAL_TCE_CALLS}. */
    public static final String WINDOW_TCE_CALLS = "window_tce_calls";

    private final Firmware firmware;
    private final KernelObject entries;
    private final Scheduler sched;
    private final Trace trace;
    private final Counter failed;
    private final Counter byRemover;
    private final Counter windowWide;
    private TceHcalls tce;
    private long callNanos;
    private long entryNanos;
    private Task remover;

    @Inject
    public PlparHcalls(Kernel kernel, Firmware firmware) {
        this.firmware = firmware;
        this.entries = firmware.entries();
        this.sched = kernel.sched();
        this.trace = kernel.trace();
        this.failed = kernel.metrics().counter(Metrics.FAILED_TCE_CALLS);
        this.byRemover = kernel.metrics().counter(Metrics.REMOVAL_TCE_CALLS);
        this.windowWide = kernel.metrics().counter(WINDOW_TCE_CALLS);
    }

    /** plpar_tce_put(). */
    public long tcePut(long liobn, long ioba, long value) {
        countRemover();
        entries.write("tce", ioba);
        TceHcalls hypervisor = enter(Hcall.H_PUT_TCE);
        long rc = hypervisor.hPutTce(liobn, ioba, value);
        return exit(Hcall.H_PUT_TCE, liobn, ioba, value, 1, null, rc);
    }

    /** plpar_tce_put_indirect(). @param list entries in host order, from the start of a page of their own */
    public long tcePutIndirect(long liobn, long ioba, long[] list, int count) {
        countRemover();
        entries.write("tce", ioba);
        TceHcalls hypervisor = enter(Hcall.H_PUT_TCE_INDIRECT);
        long rc = hypervisor.hPutTceIndirect(liobn, ioba, list, count);
        return exit(Hcall.H_PUT_TCE_INDIRECT, liobn, ioba, 0, count, list, rc);
    }

    /** plpar_tce_stuff(). */
    public long tceStuff(long liobn, long ioba, long value, long count) {
        countRemover();
        entries.write("tce", ioba);
        TceHcalls hypervisor = enter(Hcall.H_STUFF_TCE);
        long rc = hypervisor.hStuffTce(liobn, ioba, value, count);
        return exit(Hcall.H_STUFF_TCE, liobn, ioba, value, count, null, rc);
    }

    /**
     * The calls of a loop that clears a range with {@code chunk} entries each, where they would find nothing to clear and nobody looks at them one by
     * one: they take their time. A new table clears its whole window, which is a thousand calls of every boot of an exploration.
     *
     * @return false if they have to be made
     */
    public boolean stuffNothing(long liobn, long ioba, long count, int chunk) {
        TceTable window = firmware.hypervisor().window(liobn);
        boolean seen = trace.heard() || entries.attended() || firmware.tap() != null || remover != null;
        if (seen || window == null || window.chunkCount() != 0 || window.indexOf(ioba) + count > window.entries()) {
            return false;
        }
        sched.spend((count + chunk - 1) / chunk * firmware.features().hcallNanos() + count * firmware.features().tceNanos());
        return true;
    }

    /** plpar_tce_put_indirect() of a stretch of directly mapped memory. */
    public long windowPutIndirect(long liobn, long ioba, long[] list, int count) {
        windowWide.increment();
        entries.write("tce");
        TceHcalls hypervisor = enter(Hcall.H_PUT_TCE_INDIRECT);
        long rc = hypervisor.hPutTceIndirect(liobn, ioba, list, count);
        return exit(Hcall.H_PUT_TCE_INDIRECT, liobn, ioba, 0, count, list, rc);
    }

    /** plpar_tce_stuff() of a window as a whole. */
    public long windowStuff(long liobn, long ioba, long value, long count) {
        windowWide.increment();
        entries.write("tce");
        TceHcalls hypervisor = enter(Hcall.H_STUFF_TCE);
        long rc = hypervisor.hStuffTce(liobn, ioba, value, count);
        return exit(Hcall.H_STUFF_TCE, liobn, ioba, value, count, null, rc);
    }

    /** plpar_tce_get(); the entry is {@link #output} afterwards. */
    public long tceGet(long liobn, long ioba) {
        entries.read("tce", ioba);
        TceHcalls hypervisor = enter(Hcall.H_GET_TCE);
        long rc = hypervisor.hGetTce(liobn, ioba);
        return exit(Hcall.H_GET_TCE, liobn, ioba, 0, 1, null, rc);
    }

    /** What the last H_GET_TCE left in r4. */
    public long output() {
        return tce.output();
    }

    /** Calls made by this task for single mappings count as the removal's from now on; null ends that. */
    public void remover(Task task) {
        remover = task;
    }

    private void countRemover() {
        if (remover != null && sched.context() == ContextKind.TASK && sched.current() == remover) {
            byRemover.increment();
        }
    }

    private TceHcalls enter(long opcode) {
        if (tce == null) {
            tce = firmware.hypervisor().tce();
            callNanos = firmware.features().hcallNanos();
            entryNanos = firmware.features().tceNanos();
        }
        trace.emit(PowerpcEvents.HCALL_ENTRY, opcode);
        return tce;
    }

    private long exit(long opcode, long liobn, long ioba, long value, long entries, long[] list, long rc) {
        CallTap tap = firmware.tap();
        if (tap != null) {
            tap.hcall(opcode, liobn, ioba, value, entries, list, rc);
        }
        sched.spend(callNanos + entryNanos * entries);
        trace.emit(PowerpcEvents.HCALL_EXIT, opcode, rc);
        if (rc != Hcall.H_SUCCESS) {
            failed.increment();
        }
        return rc;
    }
}
