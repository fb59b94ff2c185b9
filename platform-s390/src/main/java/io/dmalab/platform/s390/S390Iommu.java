package io.dmalab.platform.s390;

import io.dmalab.api.Components;
import io.dmalab.api.device.Device;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.iommu.core.GenericIommu;
import io.dmalab.iommu.core.IommuDomain;
import io.dmalab.iommu.core.IommuSettings;
import jakarta.inject.Inject;

/**
 * Backend {@code s390} (drivers/iommu/s390-iommu.c, v6.14; facts: real-world-reports.md A3, free-policies.md P13 and P19): zPCI
 * functions under the generic layer, 4 KiB pages, usually with a single flush queue since every flush is an instruction that the
 * hypervisor intercepts (RPCIT). A function that is released, or that the platform has taken away, is attached to the blocking domain;
 * that a late unmap does not go there is the point of A3. Left out: RPCIT and its errors, the shadow tables of a hypervisor below.
 */
public final class S390Iommu extends GenericIommu {
    private static final int PAGE_SHIFT = 12;
    /** ZPCI start_dma and end_dma as functions commonly report them: above 4 GiB, 8 TiB at most (assumed). */
    private static final long START_DMA = 1L << 32;
    private static final long END_DMA = (1L << 43) - 1;
    /**
     * What report A3 shows as failing address. It has the form of a PSW mask: address 0 holds the lowcore on s390, so that a look
     * through a NULL group does not fault but finds what the CPU keeps there (inferred; the report says only that the address is bad).
     */
    private static final long LOWCORE_WORD = 0x0706c00180000000L;

    private final Kernel kernel;

    @Inject
    public S390Iommu(Kernel kernel, Components components, IommuSettings settings) {
        super(kernel, components, settings);
        this.kernel = kernel;
    }

    @Override
    protected int pageShift() {
        return PAGE_SHIFT;
    }

    @Override
    protected long apertureStart() {
        return START_DMA;
    }

    @Override
    protected long apertureEnd() {
        return END_DMA;
    }

    /** The function is in the error state, blocked until the kernel resets it (general knowledge); that is left out. */
    @Override
    public Refusal refused(Device device, long dmaAddress, boolean write) {
        return Refusal.FREEZE;
    }

    @Override
    protected IommuDomain domainOfNullGroup() {
        return IommuDomain.wild(kernel, "an iommu_domain pointer that was read through a NULL iommu_group", LOWCORE_WORD);
    }
}
