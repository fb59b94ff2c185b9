package io.dmalab.core.builtin;

import io.dmalab.api.policy.FreePolicy;

/** The unpatched kernel: every hook's default. */
final class LegacyPolicy implements FreePolicy {
    static final String DESCRIPTION = """
            Mechanism  The detach notifier removes the DMA windows through firmware, drops the table group, and with the last reference each
                       table is freed. A table that is still in use is warned about ("Unexpected TCEs") and freed all the same.
            Origin     Linux v6.14, arch/powerpc/kernel/iommu.c and arch/powerpc/platforms/pseries/iommu.c.
            Cost       None: the removal never waits, and the data path pays nothing.
            Fails by   Use after free of the table and its bitmap by every later unmap, an oops once the memory is reused, hypervisor
                       calls on a window that is gone (H_PARAMETER), and the entries of an innocent device if its window got the same
                       number.
            """;

    LegacyPolicy() {}
}
