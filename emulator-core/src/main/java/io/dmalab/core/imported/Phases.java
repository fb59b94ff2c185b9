package io.dmalab.core.imported;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * How long things were held by when they began, in bounded memory: at most {@value #PHASES_MAX} stretches of equal length, which is doubled
 * when there are more.
 */
public final class Phases {
    static final int PHASES_MAX = 64;
    private static final long FINEST_NANOS = 1_000_000;
    /** Error of a time at most 1 %. */
    private static final int DIGITS = 2;

    /** @param start nanoseconds of the trace's clock */
    public record Phase(long start, HoldDistribution holds) {}

    private static final class Part {
        private final Histogram ended = new Histogram(DIGITS);
        private final Histogram open = new Histogram(DIGITS);

        void add(Part other) {
            ended.add(other.ended);
            open.add(other.open);
        }

        long count() {
            return ended.getTotalCount() + open.getTotalCount();
        }
    }

    private TreeMap<Long, Part> parts = new TreeMap<>();
    private long width = FINEST_NANOS;

    void ended(long start, long nanos) {
        at(start).ended.recordValue(nanos);
    }

    void open(long start, long nanos) {
        at(start).open.recordValue(nanos);
    }

    private Part at(long start) {
        Part part = parts.computeIfAbsent(Math.floorDiv(start, width), key -> new Part());
        while (parts.size() > PHASES_MAX) {
            width *= 2;
            TreeMap<Long, Part> coarser = new TreeMap<>();
            parts.forEach((key, old) -> coarser.computeIfAbsent(Math.floorDiv(key, 2L), k -> new Part()).add(old));
            parts = coarser;
            part = parts.get(Math.floorDiv(start, width));
        }
        return part;
    }

    /** In order of time, each with at least {@code least} things; the last one may have fewer if it is the only one. */
    List<Phase> all(long least) {
        List<Phase> phases = new ArrayList<>();
        Part sum = new Part();
        long start = 0;
        for (Map.Entry<Long, Part> entry : parts.entrySet()) {
            start = sum.count() == 0 ? entry.getKey() * width : start;
            boolean last = entry.getKey().equals(parts.lastKey());
            sum.add(entry.getValue());
            if (sum.count() >= least || last) {
                phases.add(new Phase(start, new HoldDistribution(sum.ended, sum.open)));
                sum = new Part();
            }
        }
        return phases;
    }
}
