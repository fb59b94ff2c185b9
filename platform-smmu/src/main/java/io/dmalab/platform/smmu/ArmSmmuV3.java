package io.dmalab.platform.smmu;

import io.dmalab.api.Components;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.iommu.core.GenericIommu;
import io.dmalab.iommu.core.IommuDomain;
import io.dmalab.iommu.core.IommuSettings;
import jakarta.inject.Inject;

/**
 * Backend {@code smmu-v3} (drivers/iommu/arm/arm-smmu-v3, v6.14; facts: real-world-reports.md A2): 48 bits of address space in pages of
 * the CPU's size, under the generic layer. What the hardware does with a device that has no domain is to abort its accesses. Left out:
 * command and event queues, stream tables, stages, ATS, SVA.
 */
public final class ArmSmmuV3 extends GenericIommu {
    private static final int ADDRESS_BITS = 48;
    /** Offset of default_domain in struct iommu_group, as in the reports' "NULL + 0xa8". */
    private static final long DEFAULT_DOMAIN = 0xa8;

    private final Kernel kernel;

    @Inject
    public ArmSmmuV3(Kernel kernel, Components components, IommuSettings settings) {
        super(kernel, components, settings);
        this.kernel = kernel;
    }

    @Override
    protected int pageShift() {
        return kernel.pages().pageShift();
    }

    @Override
    protected long apertureStart() {
        return 0;
    }

    @Override
    protected long apertureEnd() {
        return (1L << ADDRESS_BITS) - 1;
    }

    /** Nothing is mapped at address 0. */
    @Override
    protected IommuDomain domainOfNullGroup() {
        throw kernel.memory().badAccess("a NULL iommu_group", "default_domain", DEFAULT_DOMAIN, false);
    }
}
