package io.dmalab.core.imported;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/**
 * How long things were held, with those that were still held when the recording ended: the product-limit estimate of Kaplan and Meier. What
 * was held to the end counts as held at least that long; the share of which no end is known is held for ever.
 */
public final class HoldDistribution {
    /** @param share of things held at most {@code nanos}, 0 to 1 */
    private record Step(long nanos, double share) {}

    private final List<Step> steps = new ArrayList<>();
    private final long ended;
    private final long open;

    /** Values of both are nanoseconds, with three significant digits. @param open ages of those that have not ended */
    HoldDistribution(Histogram ended, Histogram open) {
        this.ended = ended.getTotalCount();
        this.open = open.getTotalCount();
        Iterator<HistogramIterationValue> others = open.recordedValues().iterator();
        HistogramIterationValue other = others.hasNext() ? others.next() : null;
        long atRisk = this.ended + this.open;
        double held = 1;
        for (HistogramIterationValue value : ended.recordedValues()) {
            // of those of equal age the ended count first
            while (other != null && other.getValueIteratedTo() < value.getValueIteratedTo()) {
                atRisk -= other.getCountAtValueIteratedTo();
                other = others.hasNext() ? others.next() : null;
            }
            long count = value.getCountAtValueIteratedTo();
            held *= 1 - (double) count / atRisk;
            atRisk -= count;
            steps.add(new Step(Math.min(ended.getMaxValue(), ended.medianEquivalentValue(value.getValueIteratedTo())), 1 - held));
        }
    }

    /** Things whose end is known. */
    public long ended() {
        return ended;
    }

    /** Things that had not ended when the recording did. */
    public long open() {
        return open;
    }

    /** Share of things of which an end is to be expected, 0 to 1; the rest is for ever. */
    public double finiteShare() {
        return steps.isEmpty() ? 0 : steps.getLast().share();
    }

    /** Shares behind which the time is at least {@code ratio} times as long at once: between them it is smooth. */
    List<Double> jumps(double ratio) {
        List<Double> shares = new ArrayList<>();
        for (int i = 1; i < steps.size(); i++) {
            if (steps.get(i).nanos() >= ratio * steps.get(i - 1).nanos()) {
                shares.add(steps.get(i - 1).share());
            }
        }
        return shares;
    }

    /** The time that {@code percent} % are not held longer than, in nanoseconds; {@link Long#MAX_VALUE} if that is for ever. */
    public long quantile(double percent) {
        double share = percent / 100 - 1e-12;
        int low = 0;
        int high = steps.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (steps.get(middle).share() >= share) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low == steps.size() ? Long.MAX_VALUE : steps.get(low).nanos();
    }
}
