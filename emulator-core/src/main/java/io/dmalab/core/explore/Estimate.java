package io.dmalab.core.explore;

import java.util.Locale;

/**
 * How far a search has come.
 *
 * @param done  executions, those that were cut off as known included
 * @param total about how many there will be; {@code done} when none is left
 */
public record Estimate(long done, double total) {
    /** Share of the whole that is done, from 0 to 1. */
    public double share() {
        return done == 0 ? 0 : done / total;
    }

    /** The total to two digits, as it does not claim more: {@code 6,400}; exact where it is known. */
    public String rounded() {
        long whole = Math.round(total);
        long unit = 1;
        while (whole != done && whole / unit >= 100) {
            unit *= 10;
        }
        return String.format(Locale.ROOT, "%,d", Math.max(done, (whole + unit / 2) / unit * unit));
    }
}
