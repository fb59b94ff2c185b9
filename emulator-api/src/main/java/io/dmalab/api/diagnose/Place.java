package io.dmalab.api.diagnose;

/**
 * Where something is in a log.
 *
 * @param line  from 1
 * @param text  the line without its prefix
 * @param clock what {@code nanos} counts from
 * @param nanos since boot, or since a fixed day for a log with the time of day only; 0 without a clock. Comparable within one clock
 * @param stamp the time as the log has it, empty if it has none
 */
public record Place(long line, String text, Clock clock, long nanos, String stamp) {
    /** Where a log's times come from. */
    public enum Clock {
        /** Seconds since boot, as printk stamps them. */
        UPTIME,
        /** Date and time of day, as journalctl and {@code dmesg -T} print them. */
        WALL,
        /** The log has no times. */
        NONE
    }

    /** Whether the time between the two is known. */
    public boolean comparable(Place other) {
        return clock != Clock.NONE && clock == other.clock;
    }
}
