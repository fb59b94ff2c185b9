package io.dmalab.core.imported;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/** At which percentages a distribution of hold times is written down: densely where few are held long, for those decide a removal. */
public final class HoldQuantiles {
    /** What reports show. */
    public static final List<Double> SHOWN = List.of(50.0, 90.0, 99.0, 99.9, 100.0);
    private static final int DECIMALS = 3;
    private static final BigDecimal STEP = BigDecimal.ONE.movePointLeft(DECIMALS);
    private static final BigDecimal ALL = BigDecimal.valueOf(100);
    /** Between neighbours that differ less the time may as well be interpolated. */
    private static final double JUMP = 1.25;
    /** Of so many tenths of a percent mean something. */
    private static final long MANY = 1_000;

    private HoldQuantiles() {}

    /**
     * Ascending from 0 to 100; with both sides of every jump, lest interpolation fill the gap, and the share of which an end is to be
     * expected, if the rest is for ever.
     */
    static List<Double> percents(HoldDistribution holds) {
        NavigableSet<Double> percents = new TreeSet<>(List.of(0.0, 100.0));
        for (int step = 1; step < 18; step++) {
            percents.add(5.0 * step);
        }
        for (int half = 180; half < 200; half++) {
            percents.add(half / 2.0);
        }
        if (holds.ended() + holds.open() > MANY) {
            for (int tenth = 970; tenth < 1000; tenth++) {
                percents.add(tenth / 10.0);
            }
            percents.add(99.95);
            percents.add(99.99);
        }
        holds.jumps(JUMP).forEach(share -> {
            percents.add(rounded(share).doubleValue());
            percents.add(rounded(share).add(STEP).min(ALL).doubleValue());
        });
        percents.add(rounded(holds.finiteShare()).doubleValue());
        return List.copyOf(percents);
    }

    private static BigDecimal rounded(double share) {
        return new BigDecimal(100 * share).setScale(DECIMALS, RoundingMode.DOWN);
    }

    /** Without zeros at the end. */
    public static String plain(double percent) {
        return BigDecimal.valueOf(percent).setScale(DECIMALS, RoundingMode.HALF_UP).stripTrailingZeros().toPlainString();
    }
}
