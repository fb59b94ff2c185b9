package io.dmalab.core.run;

import java.util.Arrays;
import java.util.Objects;

/** A quantity over the runs of one policy: every value as it was recorded, so that all figures are exact. */
public final class Spread {
    private long[] values = new long[16];
    private int count;
    private long[] sorted = {};

    void record(long value) {
        if (count == values.length) {
            values = Arrays.copyOf(values, 2 * count);
        }
        values[count++] = value;
    }

    void recordAll(Spread other) {
        for (int i = 0; i < other.count; i++) {
            record(other.values[i]);
        }
    }

    /** The value that was recorded in that place, from 0. */
    public long value(int place) {
        return values[Objects.checkIndex(place, count)];
    }

    /** Records zeros until there are {@code number} values: of runs that did not know the quantity. */
    Spread upTo(int number) {
        while (count < number) {
            record(0);
        }
        return this;
    }

    public int count() {
        return count;
    }

    /** In the order in which they were recorded. */
    public long[] values() {
        return Arrays.copyOf(values, count);
    }

    public double mean() {
        return count == 0 ? 0 : Arrays.stream(values, 0, count).asDoubleStream().sum() / count;
    }

    /** The smallest value that at least {@code percent} % of the values do not exceed; 0 without values. */
    public long percentile(double percent) {
        return count == 0 ? 0 : sorted()[Estimates.rank(count, percent / 100) - 1];
    }

    /** A percentile with its 95 % interval. @throws IllegalStateException without values */
    public Quantile quantile(double percent) {
        return Estimates.quantile(sorted(), percent / 100);
    }

    public long max() {
        return count == 0 ? 0 : Arrays.stream(values, 0, count).max().getAsLong();
    }

    /** In ascending order; not to be changed. */
    private long[] sorted() {
        long[] ready = sorted;
        if (ready.length != count) {
            ready = values();
            Arrays.sort(ready);
            sorted = ready;
        }
        return ready;
    }
}
