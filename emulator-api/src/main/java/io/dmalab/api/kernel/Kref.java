package io.dmalab.api.kernel;

/**
 * A reference count (include/linux/kref.h). Starts at 1. Not itself watched: it lives inside the object it counts, whose
 * {@link KernelObject} is given so that each operation is an access to it.
 */
public final class Kref {
    private final KernelObject owner;
    private int count = 1;

    public Kref(KernelObject owner) {
        this.owner = owner;
    }

    /** kref_get_unless_zero(): false once the count has reached zero. */
    public boolean get() {
        owner.write("kref");
        if (count == 0) {
            return false;
        }
        count++;
        return true;
    }

    /** Drops one reference; true if it was the last. @throws IllegalStateException on underflow */
    public boolean put() {
        owner.write("kref");
        if (count == 0) {
            throw new IllegalStateException(owner.type() + ": reference count underflow");
        }
        return --count == 0;
    }

    public int count() {
        return count;
    }
}
