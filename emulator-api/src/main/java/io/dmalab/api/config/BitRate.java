package io.dmalab.api.config;

import java.util.Map;

/** Bits per second on a link. @param perSecond more than 0 */
public record BitRate(double perSecond) {
    private static final String[] UNITS = {"bit/s", "kbit/s", "Mbit/s", "Gbit/s"};
    private static final double[] FACTORS = {1, 1e3, 1e6, 1e9};

    public BitRate {
        if (!(perSecond > 0) || perSecond > 1e13) {
            throw new IllegalArgumentException("a bit rate is more than 0 and at most 10000 Gbit/s");
        }
    }

    /** Reads {@code 100Gbit/s}. @throws IllegalArgumentException if it is not a bit rate */
    public static BitRate parse(String text) {
        return new BitRate(Units.parse(text, "bit rate", Map.of("bit/s", 1.0, "kbit/s", 1e3, "Mbit/s", 1e6, "Gbit/s", 1e9)));
    }

    @Override
    public String toString() {
        return Units.print(perSecond, UNITS, FACTORS);
    }
}
