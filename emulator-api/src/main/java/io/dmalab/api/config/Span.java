package io.dmalab.api.config;

import java.util.Map;

/**
 * A duration.
 *
 * @param nanos at least 0; {@link Long#MAX_VALUE} means forever
 */
public record Span(long nanos) implements Comparable<Span> {
    public static final Span FOREVER = new Span(Long.MAX_VALUE);

    private static final String[] UNITS = {"ns", "us", "ms", "s", "min", "h"};
    private static final double[] FACTORS = {1, 1e3, 1e6, 1e9, 60e9, 3600e9};

    public Span {
        if (nanos < 0) {
            throw new IllegalArgumentException("a duration is not negative");
        }
    }

    public static Span ofMillis(long millis) {
        return new Span(Math.multiplyExact(millis, 1_000_000L));
    }

    public static Span ofSeconds(long seconds) {
        return new Span(Math.multiplyExact(seconds, 1_000_000_000L));
    }

    /** Reads {@code 50ms}, {@code 1.5 s}, {@code forever}. @throws IllegalArgumentException if it is not a duration */
    public static Span parse(String text) {
        if (text.strip().equals("forever")) {
            return FOREVER;
        }
        double nanos = Units.parse(text, "duration", Map.of("ns", 1.0, "us", 1e3, "ms", 1e6, "s", 1e9, "min", 60e9, "h", 3600e9));
        if (nanos > 9e18) {
            throw new IllegalArgumentException("'" + text + "' is longer than 285 years; write 'forever'");
        }
        return new Span(Math.round(nanos));
    }

    public boolean isForever() {
        return nanos == Long.MAX_VALUE;
    }

    @Override
    public int compareTo(Span other) {
        return Long.compare(nanos, other.nanos);
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return isForever() ? "forever" : Units.print(nanos, UNITS, FACTORS);
    }
}
