package io.dmalab.netstack.traffic;

import io.dmalab.api.config.ByteSize;
import io.dmalab.api.config.Span;
import java.util.List;
import java.util.Optional;

/** A recording that has been read: trains of packets, in order. */
final class Arrivals {
    private static final int COUNT_MAX = 1_000_000_000;
    private static final String DEFAULT = "-";
    private static final int FIELDS_MAX = 5;

    /**
     * Packets of one size at equal distances. @param time of the first, nanoseconds from the start @param flow empty: flows take turns
     *
     * @param gap nanoseconds from one to the next
     */
    record Train(long time, int bytes, Optional<Integer> flow, int count, long gap) {
        long time(int i) {
            return time + i * gap;
        }

        long end() {
            return time(count - 1);
        }
    }

    private final List<Train> trains;

    private Arrivals(List<Train> trains) {
        this.trains = trains;
        for (int i = 1; i < trains.size(); i++) {
            if (trains.get(i).time() < trains.get(i - 1).end()) {
                throw new IllegalArgumentException(named(i) + " comes at " + new Span(trains.get(i).time())
                        + ", before the one above it; sort the times");
            }
        }
    }

    /** Packets of one size; flows take turns. @throws IllegalArgumentException if the times are not sorted */
    static Arrivals of(List<Span> given, ByteSize size) {
        return new Arrivals(given.stream().map(time -> new Train(finite(time), (int) size.bytes(), Optional.empty(), 1, 0)).toList());
    }

    /**
     * A line per packet or train: {@code TIME [SIZE [FLOW [COUNT [GAP]]]]}; - stands for what is usual, what follows a # is a comment.
     *
     * @throws IllegalArgumentException with the number of the line that cannot be read
     */
    static Arrivals of(String text, ByteSize size) {
        List<String> lines = text.lines().map(line -> line.replaceFirst("#.*", "").strip()).filter(line -> !line.isEmpty()).toList();
        if (lines.isEmpty()) {
            throw new IllegalArgumentException("the trace has no packet; write a line like 12us 1514B 3");
        }
        Train[] trains = new Train[lines.size()];
        for (int i = 0; i < trains.length; i++) {
            trains[i] = train(i, lines.get(i).split("\\s+"), size);
        }
        return new Arrivals(List.of(trains));
    }

    private static Train train(int i, String[] fields, ByteSize usual) {
        if (fields.length > FIELDS_MAX) {
            throw new IllegalArgumentException(named(i) + " has " + fields.length + " fields; write TIME [SIZE [FLOW [COUNT [GAP]]]]");
        }
        ByteSize size = isGiven(fields, 1) ? ByteSize.parse(fields[1]) : usual;
        Pace.check(size, 1);
        Optional<Integer> flow = isGiven(fields, 2) ? Optional.of(whole(i, "flow", fields[2], 0, 999_999)) : Optional.empty();
        int count = isGiven(fields, 3) ? whole(i, "count", fields[3], 1, COUNT_MAX) : 1;
        long gap = isGiven(fields, 4) ? finite(Span.parse(fields[4])) : 0;
        long time = finite(Span.parse(fields[0]));
        if (gap > (Long.MAX_VALUE - time) / count) {
            throw new IllegalArgumentException(named(i) + " never ends; use a shorter gap");
        }
        return new Train(time, (int) size.bytes(), flow, count, gap);
    }

    private static boolean isGiven(String[] fields, int i) {
        return i < fields.length && !fields[i].equals(DEFAULT);
    }

    private static int whole(int i, String what, String text, int min, int max) {
        if (!text.matches("[0-9]{1,10}") || Long.parseLong(text) < min || Long.parseLong(text) > max) {
            throw new IllegalArgumentException(named(i) + " has " + what + " '" + text + "'; write a number from " + min);
        }
        return Integer.parseInt(text);
    }

    private static long finite(Span time) {
        if (time.isForever()) {
            throw new IllegalArgumentException("a time of the recording is forever; write when the packet came");
        }
        return time.nanos();
    }

    private static String named(int i) {
        return "packet " + (i + 1);
    }

    /** Number of trains, at least 1. */
    int count() {
        return trains.size();
    }

    Train train(int i) {
        return trains.get(i);
    }

    /** When the last packet comes. */
    long end() {
        return trains.getLast().end();
    }
}
