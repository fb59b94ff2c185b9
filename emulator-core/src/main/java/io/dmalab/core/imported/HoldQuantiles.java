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

    private HoldQuantiles() {}

    /** Ascending from 0 to 100; with the share of which an end is to be expected, if the rest is for ever. */
    static List<Double> percents(HoldDistribution holds) {
        NavigableSet<Double> percents = new TreeSet<>(List.of(0.0, 99.95, 99.99, 100.0));
        for (int step = 1; step < 36; step++) {
            percents.add(2.5 * step);
        }
        for (int tenth = 900; tenth < 1000; tenth++) {
            percents.add(tenth / 10.0);
        }
        double finite = new BigDecimal(100 * holds.finiteShare()).setScale(DECIMALS, RoundingMode.DOWN).doubleValue();
        percents.add(finite);
        return List.copyOf(percents);
    }

    /** Without zeros at the end. */
    public static String plain(double percent) {
        return BigDecimal.valueOf(percent).setScale(DECIMALS, RoundingMode.HALF_UP).stripTrailingZeros().toPlainString();
    }
}
