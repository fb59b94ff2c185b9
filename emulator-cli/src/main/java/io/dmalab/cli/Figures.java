package io.dmalab.cli;

import io.dmalab.core.run.Interval;
import io.dmalab.core.run.Measure;
import io.dmalab.core.run.PolicySummary;
import io.dmalab.core.run.Proportion;
import io.dmalab.core.run.Quantile;
import io.dmalab.core.run.Sentences;
import java.util.Locale;

/** Figures of a comparison as people read them. */
final class Figures {
    private Figures() {}

    /** Per cent with its interval: {@code 0 (0..14)}. */
    static String percent(Proportion p) {
        return text("%.0f (%.0f..%.0f)", 100 * p.rate(), 100 * p.low(), 100 * p.high());
    }

    /**
     * A percentile of the longest removal of each run with its interval: {@code 17.5 s (12.1..25.0)}; {@code >} where a run never
     * returned.
     */
    static String removal(PolicySummary policy, double percent) {
        if (policy.blockedNanos().count() == 0) {
            return "-";
        }
        Quantile q = policy.longestRemoval().quantile(percent);
        String value = (policy.cutOff(percent) ? ">" : "") + Sentences.seconds(q.value());
        String low = q.low().isPresent() ? Sentences.seconds(q.low().getAsLong()) : "?";
        String high = q.high().isPresent() ? Sentences.seconds(q.high().getAsLong()) : "?";
        return low.equals(high) && low.equals(value) ? value : value + " (" + low + ".." + high + ")";
    }

    static String longest(PolicySummary policy) {
        return policy.blockedNanos().count() == 0 ? "-"
                : (policy.cutOff(100) ? ">" : "") + Sentences.seconds(policy.longestRemoval().max());
    }

    /** A number of that unit. */
    static String value(Measure.Unit unit, double value) {
        return switch (unit) {
            case NANOS -> value == 0 ? "0" : (value < 0 ? "-" : "") + Sentences.seconds(Math.round(Math.abs(value)));
            case BYTES -> bytes(value);
            case COUNT -> count(value);
            case NANOS_PER_PACKET -> text("%.2f", value);
        };
    }

    /** With a sign, as differences have it. */
    static String signed(Measure.Unit unit, double value) {
        return (value > 0 ? "+" : "") + value(unit, value);
    }

    /** {@code +17.4 s (+15.2 s..+19.6 s)}. */
    static String difference(Measure.Unit unit, double value, Interval interval) {
        String low = Double.isFinite(interval.low()) ? signed(unit, interval.low()) : "?";
        String high = Double.isFinite(interval.high()) ? signed(unit, interval.high()) : "?";
        String middle = signed(unit, value);
        return middle.equals(low) && middle.equals(high) ? middle : middle + " (" + low + ".." + high + ")";
    }

    static String count(double value) {
        // adding 0 makes -0 a 0
        return text(value == Math.rint(value) ? "%,.0f" : "%,.1f", value + 0.0);
    }

    private static String bytes(double value) {
        double size = Math.abs(value);
        return size >= 1 << 20 ? text("%.1f MiB", value / (1 << 20)) : size >= 1 << 14 ? text("%.0f KiB", value / (1 << 10)) : count(value);
    }

    static String plural(long number, String one, String more) {
        return text("%,d ", number) + (number == 1 ? one : more);
    }

    private static String text(String format, Object... args) {
        return String.format(Locale.ROOT, format, args);
    }
}
