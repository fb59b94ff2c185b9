package io.dmalab.platform.pseries.hvcall;

import io.dmalab.platform.pseries.hypervisor.RtasCall;
import io.dmalab.platform.pseries.hypervisor.WorkArea;

/** Sees each call that the guest makes of its firmware. Any context; must not make calls itself. */
public interface CallTap {
    /** The guest is about to ask for the next piece of a connector's fragment. */
    void configures(WorkArea area);

    /**
     * A TCE hypercall that was answered.
     *
     * @param value of the entry, 0 where the call has a list
     * @param count entries of a call that has a count, else 1
     * @param list  its entries, null where the call has none; reused by the guest
     */
    void hcall(long opcode, long liobn, long ioba, long value, long count, long[] list, long rc);

    /** An RTAS call with its answer, the status first. */
    void rtas(RtasCall call, int[] args, int[] rets);
}
