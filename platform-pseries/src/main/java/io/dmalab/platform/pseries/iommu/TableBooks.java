package io.dmalab.platform.pseries.iommu;

/** What has become of one table's entries, for the balance at the end of a run: not kernel state. Reserved entries do not count. */
final class TableBooks {
    private long mapped;
    private long cleared;
    private long dropped;
    private boolean freed;

    void mapped(long entries) {
        mapped += entries;
    }

    /** @param told the hypervisor has been told */
    void unmapped(long entries, boolean told) {
        if (told) {
            cleared += entries;
        } else {
            dropped += entries;
        }
    }

    void freed() {
        freed = true;
    }

    /** Handed out and not given back. */
    long out() {
        return mapped - cleared - dropped;
    }

    long mapped() {
        return mapped;
    }

    long cleared() {
        return cleared;
    }

    long dropped() {
        return dropped;
    }

    boolean isFreed() {
        return freed;
    }
}
