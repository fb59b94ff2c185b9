package io.dmalab.platform.pseries.iommu;

import io.dmalab.api.MachineScoped;
import io.dmalab.api.kernel.Kernel;
import jakarta.inject.Inject;

/**
 * CONFIG_FAIL_IOMMU (arch/powerpc/kernel/iommu.c, lib/fault-inject.c, v6.12): makes range allocations fail now and then; unmaps never do.
 * Left out: the per-device switch, {@code interval} and {@code space}.
 */
@MachineScoped
public final class FailIommu {
    private final Kernel kernel;
    private double probability;
    private long times;

    @Inject
    public FailIommu(Kernel kernel) {
        this.kernel = kernel;
    }

    /**
     * Switches it on.
     *
     * @param newProbability of each allocation to fail, 0 to 1
     * @param newTimes       how often at most, -1 without limit
     */
    public void configure(double newProbability, long newTimes) {
        probability = newProbability;
        times = newTimes;
    }

    /** should_fail_iommu(), asked once per range allocation. */
    boolean shouldFail() {
        if (probability == 0 || times == 0 || !kernel.random().stream("fail_iommu").chance(probability)) {
            return false;
        }
        times -= times > 0 ? 1 : 0;
        return true;
    }
}
