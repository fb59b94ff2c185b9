package io.dmalab.api.observe;

import io.dmalab.api.dma.DmaDirection;
import java.util.List;

/**
 * A change in the life of a mapping, a page or a kernel object, as observers see it that ask for them ({@link Observer#wantsLives}). Unlike
 * trace events these exist in every kernel profile and never enter a run's digest.
 */
public sealed interface LifeRecord {
    /** Virtual time. */
    long timeNanos();

    /** Task ({@code comm:pid}) or interrupt context ({@code softirq on CPU 3}) that did it. */
    String by();

    /**
     * A mapping was made.
     *
     * @param device   name on its bus
     * @param alias    its name in the scenario; empty if it has none
     * @param address  DMA address
     * @param coherent made by dma_alloc_coherent; else streaming
     * @param page     first page
     */
    record Mapped(long timeNanos, String by, String device, String alias, long address, long bytes, DmaDirection direction,
            boolean coherent, int page) implements LifeRecord {}

    /**
     * A mapping ended.
     *
     * @param device  name on its bus
     * @param alias   its name in the scenario; empty if it has none
     * @param late    its device had no driver any more
     * @param dropped the policy kept it from the IOMMU
     */
    record Unmapped(long timeNanos, String by, String device, String alias, long address, long bytes, boolean coherent, int page,
            boolean late, boolean dropped) implements LifeRecord {}

    /** A page has got into other hands. @param holders who has it or parts of it now, and why; never empty */
    record Held(long timeNanos, String by, int page, List<String> holders) implements LifeRecord {
        public Held {
            holders = List.copyOf(holders);
        }
    }

    /** The last reference to a page went. */
    record PageFreed(long timeNanos, String by, int page) implements LifeRecord {}

    /** A watched kernel object was allocated. @param address synthetic virtual address */
    record Allocated(long timeNanos, String by, String type, long address, long bytes) implements LifeRecord {}

    /** A kernel object got a name that tells it from others of its type, e.g. {@code LIOBN 0x70000016}. */
    record Named(long timeNanos, String by, String type, long address, String name) implements LifeRecord {}

    /** A watched kernel object was freed. */
    record Freed(long timeNanos, String by, String type, long address) implements LifeRecord {}

    /** A freed kernel object was accessed. @param field what was accessed, with its index where it has one */
    record StaleAccess(long timeNanos, String by, String type, long address, String field, boolean write) implements LifeRecord {}
}
