package io.dmalab.netstack.traffic;

import io.dmalab.api.config.ByteSize;
import io.dmalab.api.config.Span;
import java.util.List;

/** A recording that has been read: time, size and flow of each packet, in order. */
final class Arrivals {
    private final long[] times;
    private final int[] sizes;
    private final int[] flows;

    private Arrivals(int count) {
        times = new long[count];
        sizes = new int[count];
        flows = new int[count];
    }

    /** Packets of one size; flows take turns. @throws IllegalArgumentException if the times are not sorted */
    static Arrivals of(List<Span> given, ByteSize size, int turns) {
        Arrivals arrivals = new Arrivals(given.size());
        for (int i = 0; i < given.size(); i++) {
            arrivals.set(i, given.get(i), size, i % turns);
        }
        return arrivals;
    }

    /**
     * A line per packet: {@code TIME [SIZE [FLOW]]}; what follows a # is a comment.
     *
     * @throws IllegalArgumentException with the number of the packet that cannot be read
     */
    static Arrivals of(String text, ByteSize size, int turns) {
        List<String> lines = text.lines().map(line -> line.replaceFirst("#.*", "").strip()).filter(line -> !line.isEmpty()).toList();
        if (lines.isEmpty()) {
            throw new IllegalArgumentException("the trace has no packet; write a line like 12us 1514B 3");
        }
        Arrivals arrivals = new Arrivals(lines.size());
        for (int i = 0; i < lines.size(); i++) {
            String[] fields = lines.get(i).split("\\s+");
            if (fields.length > 3) {
                throw new IllegalArgumentException("packet " + (i + 1) + " has " + fields.length + " fields; write TIME [SIZE [FLOW]]");
            }
            ByteSize own = fields.length > 1 ? ByteSize.parse(fields[1]) : size;
            arrivals.set(i, Span.parse(fields[0]), own, fields.length > 2 ? flow(i, fields[2]) : i % turns);
        }
        return arrivals;
    }

    private static int flow(int i, String text) {
        if (!text.matches("[0-9]{1,6}")) {
            throw new IllegalArgumentException("packet " + (i + 1) + " has flow '" + text + "'; write a number from 0");
        }
        return Integer.parseInt(text);
    }

    private void set(int i, Span time, ByteSize size, int flow) {
        if (time.isForever() || i > 0 && time.nanos() < times[i - 1]) {
            throw new IllegalArgumentException("packet " + (i + 1) + " comes at " + time + ", before the one above it; sort the times");
        }
        Pace.check(size, 1);
        times[i] = time.nanos();
        sizes[i] = (int) size.bytes();
        flows[i] = flow;
    }

    int count() {
        return times.length;
    }

    /** Nanoseconds from the start. */
    long time(int i) {
        return times[i];
    }

    int bytes(int i) {
        return sizes[i];
    }

    int flow(int i) {
        return flows[i];
    }
}
