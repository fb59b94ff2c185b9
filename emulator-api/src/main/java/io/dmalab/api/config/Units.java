package io.dmalab.api.config;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code number unit}. A unit is mandatory: a bare number says nothing. */
final class Units {
    private static final Pattern FORM = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)\\s*([A-Za-z/]+)");

    private Units() {}

    /** @throws IllegalArgumentException with what is wrong and which units there are */
    static double parse(String text, String what, Map<String, Double> factors) {
        Matcher matcher = FORM.matcher(text.strip());
        String known = String.join(", ", new TreeMap<>(factors).keySet());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a " + what + "; write a number and a unit, one of " + known);
        }
        Double factor = factors.get(matcher.group(2));
        if (factor == null) {
            throw new IllegalArgumentException("'" + matcher.group(2) + "' is not a unit of a " + what + "; use one of " + known);
        }
        return Double.parseDouble(matcher.group(1)) * factor;
    }

    /** The value in the largest unit that leaves at least 1, with no digits more than needed. */
    static String print(double value, String[] units, double[] factors) {
        int i = units.length - 1;
        while (i > 0 && (value < factors[i] || !atMostThreeDecimals(value / factors[i]))) {
            i--;
        }
        double scaled = value / factors[i];
        return (scaled == Math.rint(scaled) ? String.format(Locale.ROOT, "%.0f", scaled) : Double.toString(scaled)) + units[i];
    }

    private static boolean atMostThreeDecimals(double value) {
        return value * 1000 == Math.rint(value * 1000);
    }
}
