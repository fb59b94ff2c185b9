package io.dmalab.core.run;

import org.HdrHistogram.Histogram;

/** Distribution of a quantity over the runs of one policy. */
public final class Spread {
    /** Three significant digits, as HdrHistogram keeps them; the maximum and the sum are exact. */
    private final Histogram histogram = new Histogram(3);
    private long max;
    private long sum;

    void record(long value) {
        histogram.recordValue(value);
        max = Math.max(max, value);
        sum += value;
    }

    public long count() {
        return histogram.getTotalCount();
    }

    public double mean() {
        return count() == 0 ? 0 : (double) sum / count();
    }

    /** The value below which {@code percent} % of the runs lie, never above the maximum; 0 without runs. */
    public long percentile(double percent) {
        return Math.min(max, histogram.getValueAtPercentile(percent));
    }

    public long max() {
        return max;
    }
}
