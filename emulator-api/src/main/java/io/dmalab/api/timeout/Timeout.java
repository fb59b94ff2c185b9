package io.dmalab.api.timeout;

import java.util.List;

/**
 * A wait, a period or a limit of a machine, in nanoseconds.
 *
 * @param id         short name, e.g. {@code notifier-wait}
 * @param what       one clause
 * @param least      at least this long
 * @param most       at most this long; {@link #UNBOUNDED}, or {@link #UNKNOWN} (and so is {@code least}) if nobody has said
 * @param inside     ids of the timeouts that this one is to fit into: it must not last longer than each of them does at least
 * @param otherwise  what happens if it does; empty if {@code inside} is
 * @param source     where the figure is from: option, kernel file, facts sheet and section
 */
public record Timeout(String id, String what, long least, long most, List<String> inside, String otherwise, String source) {
    public static final long UNBOUNDED = Long.MAX_VALUE;
    public static final long UNKNOWN = -1;

    public Timeout {
        inside = List.copyOf(inside);
        if (most != UNKNOWN && (least < 0 || least > most) || most == UNKNOWN && least != UNKNOWN) {
            throw new IllegalArgumentException(id + ": from " + least + " to " + most + " ns is no range");
        }
    }

    public boolean known() {
        return most != UNKNOWN;
    }
}
