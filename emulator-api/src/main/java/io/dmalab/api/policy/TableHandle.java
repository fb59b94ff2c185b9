package io.dmalab.api.policy;

import io.dmalab.api.kernel.Kernel;

/** A translation table as a policy sees it, from its first mapping to its end. Any context, except where it says otherwise. */
public interface TableHandle {
    Kernel kernel();

    /** What it translates for, e.g. {@code LIOBN 0x70000016}. */
    String subject();

    /** The table's own in-use test (iommu_table_in_use): without locks, reserved entries ignored. */
    boolean inUse();

    /** Entries in use. Counts them: not for the data path. */
    long used();

    /** From now on unmaps clear the table's bits only and issue no hypercall. */
    void markDead();

    /** Clears the bits of entries that a guard has deferred. */
    void giveBack(long first, int entries);

    /** Takes a reference on the table; false once the last one has gone. */
    boolean get();

    /**
     * Drops a reference. True if it was the last one, and the table has been freed. Task context; may sleep as long as the policy wants.
     */
    boolean put();

    /** Drops a reference. If it was the last one, a worker frees the table: this may be called where freeing it is not allowed. */
    void putLater();
}
