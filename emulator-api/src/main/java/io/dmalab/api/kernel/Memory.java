package io.dmalab.api.kernel;

/** Allocation of watched kernel objects (mm/slub.c, mm/vmalloc.c, mm/kasan). Any context. */
public interface Memory {
    /** kzalloc: slab memory. {@code type} is the kernel's struct name. */
    KernelObject kzalloc(String type, long bytes);

    /** vzalloc: virtually contiguous memory; after a free its address is unmapped lazily. */
    KernelObject vzalloc(String type, long bytes);

    /** kfree/vfree. A second free of one object is a finding. */
    void free(KernelObject object);

    /** Static kernel data: never freed, but its accesses are scheduling points too. */
    KernelObject global(String name);

    /** Tells an object from others of its type, for reports: {@code LIOBN 0x70000016}. */
    default void name(KernelObject object, String name) {}
}
