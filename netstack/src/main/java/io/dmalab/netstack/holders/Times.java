package io.dmalab.netstack.holders;

/** Virtual times of which one means never. */
final class Times {
    static final long NEVER = Long.MAX_VALUE;

    private Times() {}

    /** {@code nanos} after {@code now}; never if that is beyond what a clock can show. */
    static long after(long now, long nanos) {
        return nanos >= NEVER - now ? NEVER : now + nanos;
    }
}
