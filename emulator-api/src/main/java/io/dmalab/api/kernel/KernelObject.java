package io.dmalab.api.kernel;

/**
 * A piece of kernel memory whose lifetime is watched: a table, a bitmap, a pool, a window. Every access to state that another CPU or
 * context can touch goes through {@link #read} or {@link #write}; this is at the same time the scheduling point of an exploring run and the
 * use-after-free check. In an ordinary run an access to live memory costs one predictable branch.
 *
 * <p>What an access to freed memory does depends on the machine: with {@code kasan: on} it is reported with three stacks and goes on with
 * the old contents; with {@code kasan: off} it goes on silently until the memory has been reused, and then is a kernel oops.
 */
public abstract class KernelObject {
    /** Nonzero as soon as an access needs attention. */
    private int attention;

    /** Kernel type, e.g. {@code iommu_table}. */
    public abstract String type();

    /** Synthetic virtual address; deterministic. */
    public abstract long address();

    /** Size in bytes. */
    public abstract long size();

    /** False once freed. */
    public abstract boolean alive();

    /** A read of {@code field}; may be a scheduling point, may report. */
    public final void read(String field) {
        if (attention != 0) {
            access(field, -1, false);
        }
    }

    /** A read of element {@code index} of {@code field}. */
    public final void read(String field, long index) {
        if (attention != 0) {
            access(field, index, false);
        }
    }

    /** A write to {@code field}. */
    public final void write(String field) {
        if (attention != 0) {
            access(field, -1, true);
        }
    }

    /** A write to element {@code index} of {@code field}. */
    public final void write(String field, long index) {
        if (attention != 0) {
            access(field, index, true);
        }
    }

    /**
     * Offers the object's state to explorations that match states. Its own life is known without; an object that offers nothing is taken to
     * have no other state that matters.
     */
    public void state(StateSource source) {}

    /** Whether somebody looks at each access. Where nobody does, code that would access it a thousand times to no effect need not. */
    public final boolean attended() {
        return attention != 0;
    }

    /** Set by the machine: whether {@link #access} is called. */
    protected final void attend(boolean needed) {
        attention = needed ? 1 : 0;
    }

    /** Called on each access while attention is needed. {@code index} is -1 where the field has no elements. */
    protected abstract void access(String field, long index, boolean write);
}
