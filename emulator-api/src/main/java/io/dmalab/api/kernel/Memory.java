package io.dmalab.api.kernel;

/** Allocation of watched kernel objects (mm/slub.c, mm/vmalloc.c, mm/kasan). Any context. */
public interface Memory {
    /** kzalloc: slab memory. {@code type} is the kernel's struct name. */
    KernelObject kzalloc(String type, long bytes);

    /** vzalloc: virtually contiguous memory; after a free its address is unmapped lazily. */
    KernelObject vzalloc(String type, long bytes);

    /** kfree/vfree. A second free of one object is a finding. */
    void free(KernelObject object);

    /**
     * An access through a pointer that leads nowhere: reports an oops with the running stack and prints the architecture's lines. The
     * caller throws what it gets; an oops ends the context.
     *
     * @param what    what the pointer is, e.g. {@code a NULL iommu_group}
     * @param field   what was to be read or written
     * @param address virtual address of the access
     */
    KernelOops badAccess(String what, String field, long address, boolean write);

    /** Static kernel data: never freed, but its accesses are scheduling points too. */
    KernelObject global(String name);

    /** As {@link KernelObject#state}, for state that lies in no watched object. */
    default void state(StateSource source) {}

    /** Tells an object from others of its type, for reports: {@code LIOBN 0x70000016}. */
    default void name(KernelObject object, String name) {}
}
