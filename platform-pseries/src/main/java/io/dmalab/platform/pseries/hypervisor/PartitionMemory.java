package io.dmalab.platform.pseries.hypervisor;

/** Who owns a stretch of physical memory, as far as a hypervisor that checks ownership asks. Pure function of its state. */
@FunctionalInterface
public interface PartitionMemory {
    enum Ownership { OWNED, FOREIGN, RESCINDED }

    Ownership ownerOf(long address, long bytes);

    /** Memory from 0 up to {@code bytes}, all the partition's own. */
    static PartitionMemory upTo(long bytes) {
        return (address, length) -> Long.compareUnsigned(address, bytes) < 0 && length <= bytes - address
            ? Ownership.OWNED : Ownership.FOREIGN;
    }

    /** Everything belongs to the partition: for users that do not model its size. */
    static PartitionMemory unlimited() {
        return (address, length) -> Ownership.OWNED;
    }
}
