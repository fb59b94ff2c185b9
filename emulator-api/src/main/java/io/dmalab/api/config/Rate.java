package io.dmalab.api.config;

import java.util.Map;

/** Packets per second. @param perSecond more than 0 */
public record Rate(double perSecond) {
    private static final String[] UNITS = {"pps", "kpps", "Mpps"};
    private static final double[] FACTORS = {1, 1e3, 1e6};

    public Rate {
        if (!(perSecond > 0) || perSecond > 1e9) {
            throw new IllegalArgumentException("a rate is more than 0 and at most 1000 Mpps");
        }
    }

    /** Reads {@code 20kpps}, {@code 8.13 Mpps}. @throws IllegalArgumentException if it is not a rate */
    public static Rate parse(String text) {
        return new Rate(Units.parse(text, "packet rate", Map.of("pps", 1.0, "kpps", 1e3, "Mpps", 1e6)));
    }

    @Override
    public String toString() {
        return Units.print(perSecond, UNITS, FACTORS);
    }
}
