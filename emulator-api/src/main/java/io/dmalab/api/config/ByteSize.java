package io.dmalab.api.config;

import java.util.Map;

/** An amount of memory. @param bytes at least 0 */
public record ByteSize(long bytes) implements Comparable<ByteSize> {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};
    private static final double[] FACTORS = {1, 0x1p10, 0x1p20, 0x1p30, 0x1p40};

    public ByteSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("a size is not negative");
        }
    }

    /** Reads {@code 64KiB}, {@code 1.5 GiB}. @throws IllegalArgumentException if it is not a size */
    public static ByteSize parse(String text) {
        double bytes = Units.parse(text, "size", Map.of("B", 1.0, "KiB", 0x1p10, "MiB", 0x1p20, "GiB", 0x1p30, "TiB", 0x1p40));
        if (bytes > 9e18) {
            throw new IllegalArgumentException("'" + text + "' does not fit a 64-bit address");
        }
        return new ByteSize(Math.round(bytes));
    }

    @Override
    public int compareTo(ByteSize other) {
        return Long.compare(bytes, other.bytes);
    }

    @Override
    public String toString() {
        return Units.print(bytes, UNITS, FACTORS);
    }
}
