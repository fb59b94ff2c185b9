package io.dmalab.netstack.diagnose;

import io.dmalab.api.diagnose.Place;
import io.dmalab.api.diagnose.Place.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The stall warnings of one pool. */
final class PoolSeries {
    private static final long SECOND = 1_000_000_000L;
    private static final int SHOWN = 4;

    /** How the number of pages out develops. */
    enum Trend {
        /** One warning only. */
        UNKNOWN("one warning only"),
        CONSTANT("constant"),
        FALLING("falling"),
        MIXED("neither constant nor falling");

        final String words;

        Trend(String words) {
            this.words = words;
        }
    }

    /** Empty if the kernel prints none, as 6.4. */
    final String id;
    /** {@code pci 0000:7d:01.0}, empty if the line has none. */
    final String device;
    final Place first;
    Place last;
    final long firstInFlight;
    long lastInFlight;
    long firstSeconds;
    long lastSeconds;
    long warnings;
    private boolean rose;
    private boolean changed;
    private long on250;
    private long on100;
    private final List<Long> seconds = new ArrayList<>();

    PoolSeries(Place place, String id, String device, long inFlight, long seconds) {
        this.id = id;
        this.device = device;
        this.first = place;
        this.firstInFlight = inFlight;
        this.firstSeconds = seconds;
        this.lastInFlight = inFlight;
        add(place, inFlight, seconds);
    }

    void add(Place place, long inFlight, long after) {
        rose |= inFlight > lastInFlight;
        changed |= inFlight != lastInFlight;
        last = place;
        lastInFlight = inFlight;
        lastSeconds = after;
        warnings++;
        on250 += RetryLattice.HZ_250_1000.has(after) ? 1 : 0;
        on100 += RetryLattice.HZ_100.has(after) ? 1 : 0;
        if (seconds.size() < SHOWN) {
            seconds.add(after);
        }
    }

    Trend trend() {
        return warnings < 2 ? Trend.UNKNOWN : !changed ? Trend.CONSTANT : rose ? Trend.MIXED : Trend.FALLING;
    }

    boolean on(RetryLattice lattice) {
        return warnings == (lattice == RetryLattice.HZ_100 ? on100 : on250);
    }

    /** Nanoseconds of the clock at which the pool was destroyed, up to a second too late. */
    long destroyedNanos() {
        return first.nanos() - firstSeconds * SECOND;
    }

    /** Whether a warning without an id can be this pool's next one. */
    boolean fits(Place place, long inFlight, long after) {
        if (after <= lastSeconds || inFlight > lastInFlight) {
            return false;
        }
        return first.clock() == Clock.NONE || !first.comparable(place)
                || Math.abs(place.nanos() - after * SECOND - destroyedNanos()) <= 2 * SECOND;
    }

    String secondsText() {
        String text = seconds.stream().map(String::valueOf).collect(Collectors.joining(", "));
        return warnings > SHOWN ? text + ", ... " + lastSeconds : text;
    }
}
