package io.dmalab.core.explore;

/** How a step touches a place that others can touch. */
public enum AccessKind {
    /** Looks at the place, or at all elements of a field. */
    READ,
    /** Changes the place, or all elements of a field. */
    WRITE,
    /** Changes one element of the field; those of others do not meet it. */
    ELEMENT,
    /** Takes a lock, or a CPU: possible only while nobody has it. */
    ACQUIRE,
    /** Gives a lock or a CPU back, which makes somebody else's step possible. */
    RELEASE;

    /** Whether the order of the two can matter. */
    public boolean conflicts(AccessKind other) {
        return switch (this) {
            case READ -> other != READ;
            case ELEMENT -> other != ELEMENT;
            case WRITE, ACQUIRE, RELEASE -> true;
        };
    }
}
