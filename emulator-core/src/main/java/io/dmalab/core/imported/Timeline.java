package io.dmalab.core.imported;

import java.util.ArrayList;
import java.util.List;

/** How many lived at what time, in bounded memory: of each stretch of time the largest number and the last. */
public final class Timeline {
    static final int STRETCHES_MAX = 2_048;
    private static final long FINEST_NANOS = 1_000;

    /** @param start nanoseconds of the trace's clock @param most in that stretch @param last at its end, and until the next one */
    public record Stretch(long start, long most, long last) {}

    private List<Stretch> stretches = new ArrayList<>();
    private long width = FINEST_NANOS;

    void set(long time, long live) {
        append(stretches, new Stretch(Math.floorDiv(time, width) * width, live, live));
        while (stretches.size() > STRETCHES_MAX) {
            width *= 2;
            List<Stretch> coarser = new ArrayList<>();
            stretches.forEach(s -> append(coarser, new Stretch(Math.floorDiv(s.start(), width) * width, s.most(), s.last())));
            stretches = coarser;
        }
    }

    /** A time before the last one's counts as that. */
    private static void append(List<Stretch> to, Stretch next) {
        if (!to.isEmpty() && to.getLast().start() >= next.start()) {
            Stretch last = to.getLast();
            to.set(to.size() - 1, new Stretch(last.start(), Math.max(last.most(), next.most()), next.last()));
        } else {
            to.add(next);
        }
    }

    /** Those in which something changed, in order of time. */
    public List<Stretch> changes() {
        return List.copyOf(stretches);
    }

    /** The most that lived within each of {@code columns} equal parts of the time from {@code from} to {@code to}. */
    public long[] sampled(long from, long to, int columns) {
        long[] most = new long[columns];
        double part = Math.max(1, to - from) / (double) columns;
        int next = 0;
        long live = 0;
        for (int i = 0; i < columns; i++) {
            most[i] = live;
            double end = i == columns - 1 ? Double.POSITIVE_INFINITY : from + (i + 1) * part;
            while (next < stretches.size() && stretches.get(next).start() < end) {
                most[i] = Math.max(most[i], stretches.get(next).most());
                live = stretches.get(next).last();
                next++;
            }
        }
        return most;
    }
}
