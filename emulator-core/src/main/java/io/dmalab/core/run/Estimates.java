package io.dmalab.core.run;

import java.util.Arrays;
import java.util.OptionalLong;
import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.apache.commons.statistics.distribution.TDistribution;

/** Intervals of 95 % from the runs alone: nothing is drawn at random, so the same runs give the same figures. Methods: docs/compare.md. */
final class Estimates {
    private static final double TAIL = 0.025;

    private Estimates() {}

    /** Number, from 1, of the ordered value that is the quantile {@code p}: the nearest rank. */
    static int rank(int count, double p) {
        // the small number keeps 0.99 * 100, which is not quite 99, from becoming 100
        return Math.clamp((long) StrictMath.ceil(count * p - 1e-9), 1, count);
    }

    /**
     * A quantile between two order statistics: so many of {@code n} values lie below the true quantile as a binomial variable says,
     * whatever the distribution of the values is.
     */
    static Quantile quantile(long[] ascending, double p) {
        int n = ascending.length;
        if (n == 0) {
            throw new IllegalStateException("there is no quantile of no values");
        }
        int low = lowRank(n, p);
        int high = highRank(n, p);
        return new Quantile(ascending[rank(n, p) - 1], low < 1 ? OptionalLong.empty() : OptionalLong.of(ascending[low - 1]),
                high > n ? OptionalLong.empty() : OptionalLong.of(ascending[high - 1]));
    }

    /** The largest r for which at most 2.5 % lie on the wrong side: P(fewer than r values below the quantile); 0 if there is none. */
    static int lowRank(int n, double p) {
        BinomialDistribution below = BinomialDistribution.of(n, p);
        int rank = 0;
        while (rank < n && below.cumulativeProbability(rank) <= TAIL) {
            rank++;
        }
        return rank;
    }

    /** The smallest r for which P(r or more values below the quantile) is at most 2.5 %; n + 1 if there is none. */
    static int highRank(int n, double p) {
        BinomialDistribution below = BinomialDistribution.of(n, p);
        int rank = n + 1;
        while (rank > 1 && below.survivalProbability(rank - 2) <= TAIL) {
            rank--;
        }
        return rank;
    }

    /** Student's interval of the mean; unbounded below two values. */
    static Interval mean(double[] values) {
        int n = values.length;
        if (n < 2) {
            return new Interval(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
        }
        double mean = Arrays.stream(values).sum() / n;
        double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
        double half = TDistribution.of(n - 1).inverseSurvivalProbability(TAIL) * Math.sqrt(squares / (n - 1) / n);
        return new Interval(mean - half, mean + half);
    }

    /** The middle value, or the mean of the two in the middle. */
    static double median(double[] ascending) {
        int n = ascending.length;
        return (ascending[(n - 1) / 2] + ascending[n / 2]) / 2;
    }

    /** The interval of the median that belongs to the sign test. */
    static Interval medianInterval(double[] ascending) {
        int n = ascending.length;
        int low = lowRank(n, 0.5);
        int high = highRank(n, 0.5);
        return new Interval(low < 1 ? Double.NEGATIVE_INFINITY : ascending[low - 1],
                high > n ? Double.POSITIVE_INFINITY : ascending[high - 1]);
    }
}
