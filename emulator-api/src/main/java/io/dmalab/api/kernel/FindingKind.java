package io.dmalab.api.kernel;

/** What can be found; the text is the stable name used in scenarios, reports and JSON. */
public enum FindingKind {
    USE_AFTER_FREE("use-after-free", Grade.FORBIDDEN),
    OOPS("oops", Grade.FORBIDDEN),
    DOUBLE_FREE("double-free", Grade.FORBIDDEN),
    DOUBLE_UNMAP("double-unmap", Grade.FORBIDDEN),
    FOREIGN_ENTRY_CLEARED("foreign-entry-cleared", Grade.FORBIDDEN),
    MEMORY_CORRUPTION("memory-corruption", Grade.FORBIDDEN),
    EEH_FREEZE("eeh-freeze", Grade.FORBIDDEN),
    HUNG_TASK("hung-task", Grade.FORBIDDEN),
    DEADLOCK("deadlock", Grade.FORBIDDEN),
    LOCK_ORDER("lock-order-inversion", Grade.FORBIDDEN),
    SLEEP_IN_ATOMIC("sleep-in-atomic", Grade.FORBIDDEN),
    BUG("kernel-bug", Grade.FORBIDDEN),
    REMOVAL_UNFINISHED("removal-unfinished", Grade.FORBIDDEN),
    LEAK("leak", Grade.INTERESTING),
    HCALL_ERROR("hcall-error", Grade.INTERESTING),
    WARNING("kernel-warning", Grade.INTERESTING),
    LATE_UNMAP("late-unmap", Grade.ACCEPTABLE),
    ALLOCATION_FAILURE("allocation-failure", Grade.INTERESTING),
    LIMIT_REACHED("limit-reached", Grade.INTERESTING),
    /** An IOMMU refused an access of a device, said so and let the device go on. The number is part of digests: new kinds come last. */
    DMA_FAULT("dma-fault", Grade.INTERESTING);

    private final String text;
    private final Grade grade;

    FindingKind(String text, Grade grade) {
        this.text = text;
        this.grade = grade;
    }

    public Grade grade() {
        return grade;
    }

    @Override
    public String toString() {
        return text;
    }
}
