package io.dmalab.platform.pseries.tce;

import io.dmalab.api.MachineScoped;
import io.dmalab.api.kernel.Kernel;
import jakarta.inject.Inject;

/**
 * The per-CPU list pages of H_PUT_TCE_INDIRECT (tce_page of arch/powerpc/platforms/pseries/iommu.c), made on first use. Used with
 * interrupts off.
 */
@MachineScoped
public final class TcePages {
    private final long[][] pages;

    @Inject
    public TcePages(Kernel kernel) {
        pages = new long[kernel.sched().cpus()][];
    }

    /** 512 entries. */
    public long[] ofCpu(int cpu) {
        long[] page = pages[cpu];
        if (page == null) {
            page = new long[TceOps.CHUNK];
            pages[cpu] = page;
        }
        return page;
    }
}
