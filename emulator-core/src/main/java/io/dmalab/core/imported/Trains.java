package io.dmalab.core.imported;

import java.util.ArrayList;
import java.util.List;

/**
 * When packets came, in bounded memory: packets near to each other are one train. Begins with microseconds; whenever there are more trains
 * than {@value #TRAINS_MAX}, the distance that counts as near is doubled.
 */
public final class Trains {
    static final int TRAINS_MAX = 4_096;
    private static final long FINEST_NANOS = 1_000;

    /**
     * Packets that came near to each other.
     *
     * @param first nanoseconds of the trace's clock
     * @param bytes of all of them
     */
    public record Train(long first, long last, long count, long bytes) {
        private Train with(long time, long moreCount, long moreBytes) {
            return new Train(first, Math.max(last, time), count + moreCount, bytes + moreBytes);
        }

        /** Nanoseconds from one packet to the next, if they are spread evenly. */
        public long gap() {
            return count == 1 ? 0 : (last - first) / (count - 1);
        }
    }

    private List<Train> trains = new ArrayList<>();
    private long near = FINEST_NANOS;
    private long origin;

    /** @param time not before that of the packet before, or it counts as that one's @param count at least 1 */
    void add(long time, long count, long bytes) {
        if (trains.isEmpty()) {
            origin = time;
        }
        append(trains, Math.max(time, trains.isEmpty() ? time : trains.getLast().last()), count, bytes);
        if (trains.size() > TRAINS_MAX) {
            coarsen();
        }
    }

    private void append(List<Train> to, long time, long count, long bytes) {
        if (!to.isEmpty() && (to.getLast().first() - origin) / near == (time - origin) / near) {
            to.set(to.size() - 1, to.getLast().with(time, count, bytes));
        } else {
            to.add(new Train(time, time, count, bytes));
        }
    }

    private void coarsen() {
        while (trains.size() > TRAINS_MAX) {
            near *= 2;
            List<Train> coarser = new ArrayList<>();
            for (Train train : trains) {
                append(coarser, train.first(), train.count(), train.bytes());
                coarser.set(coarser.size() - 1, coarser.getLast().with(train.last(), 0, 0));
            }
            trains = coarser;
        }
    }

    /** In order of time. */
    public List<Train> all() {
        return List.copyOf(trains);
    }

    /** When the last packet came; there is one. */
    public long end() {
        return trains.getLast().last();
    }

    /** Packets within this many nanoseconds may have become one train; {@value #FINEST_NANOS}, a trace's resolution, if none needed to. */
    public long nearNanos() {
        return near;
    }
}
