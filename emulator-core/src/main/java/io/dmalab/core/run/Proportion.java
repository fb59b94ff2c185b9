package io.dmalab.core.run;

import org.apache.commons.statistics.interval.BinomialConfidenceInterval;

/**
 * A rate of runs with its 95 % Wilson score interval.
 *
 * @param hits runs in which it happened
 * @param runs runs in all, at least 1
 */
public record Proportion(int hits, int runs) {
    private static final double ALPHA = 0.05;

    public double rate() {
        return (double) hits / runs;
    }

    /** Lower end of the interval, 0 to 1. */
    public double low() {
        return hits == 0 ? 0 : BinomialConfidenceInterval.WILSON_SCORE.fromErrorRate(runs, hits, ALPHA).getLowerBound();
    }

    /** Upper end of the interval. With no hit the exact one-sided bound 1 - 0.05^(1/n), which is about 3/n. */
    public double high() {
        if (hits == runs) {
            return 1;
        }
        return hits == 0
                ? 1 - StrictMath.pow(ALPHA, 1.0 / runs)
                : BinomialConfidenceInterval.WILSON_SCORE.fromErrorRate(runs, hits, ALPHA).getUpperBound();
    }
}
