package io.dmalab.iommu.core;

import io.dmalab.api.MachineScoped;
import jakarta.inject.Inject;

/** How the generic IOMMU layer of one machine works: set by its platform at boot, read where domains are made. */
@MachineScoped
public final class IommuSettings {
    private String allocator = "rcache-magazine";
    private Queue queue = Queue.PER_CPU;
    private boolean passthrough;

    @Inject
    public IommuSettings() {}

    /** When the IOVA of an ended mapping may be handed out again (drivers/iommu/dma-iommu.c; facts: free-policies.md P19). */
    public enum Queue {
        /** iommu.strict=1: at once. */
        STRICT(0, 0, false),
        /** One queue a CPU, of 256 entries, flushed after 10 ms at the latest. */
        PER_CPU(256, 10, true),
        /** One queue of 32768 entries, flushed after a second at the latest: where flushes are calls of a hypervisor, as on s390. */
        SINGLE(32768, 1000, false);

        private final int entries;
        private final int timeoutMs;
        private final boolean perCpu;

        Queue(int entries, int timeoutMs, boolean perCpu) {
            this.entries = entries;
            this.timeoutMs = timeoutMs;
            this.perCpu = perCpu;
        }

        int entries() {
            return entries;
        }

        int timeoutMs() {
            return timeoutMs;
        }

        boolean perCpu() {
            return perCpu;
        }
    }

    /**
     * @param newAllocator   id of a {@link io.dmalab.api.dma.DmaAllocator}
     * @param newPassthrough iommu=pt: default domains translate nothing
     */
    public void configure(String newAllocator, Queue newQueue, boolean newPassthrough) {
        allocator = newAllocator;
        queue = newQueue;
        passthrough = newPassthrough;
    }

    String allocator() {
        return allocator;
    }

    Queue queue() {
        return queue;
    }

    boolean passthrough() {
        return passthrough;
    }
}
