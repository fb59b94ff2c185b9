package io.dmalab.platform.pseries.guest;

import io.dmalab.api.guest.GuestEvents;
import io.dmalab.api.kernel.Trace;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/** Counts what came of a replay, by phase, and tells the observers. */
final class Tally {
    /** Differences that are told one by one; the rest are only counted. */
    private static final int TOLD_MAX = 1000;
    /** Recorded calls after which the sums so far are told. */
    private static final int STRETCH = 2048;

    private final Trace trace;
    private final LongSupplier bytesRead;
    private final java.util.Map<String, long[]> phases = new java.util.LinkedHashMap<>();
    private final TreeMap<String, Long> choices = new TreeMap<>();
    private final TreeMap<String, Long> carriedOut = new TreeMap<>();
    private int told;
    private int lines;

    /** @param bytesRead of the recording so far */
    Tally(Trace trace, LongSupplier bytesRead) {
        this.trace = trace;
        this.bytesRead = bytesRead;
    }

    void agreed(String phase) {
        counts(phase)[0]++;
        line();
    }

    /** The recorded call {@code seq} was not made, or not so. @param guest what was made instead, or why nothing was */
    void differed(String phase, long seq, String recorded, String guest, String state) {
        counts(phase)[1]++;
        line();
        tell(phase, seq, recorded, guest, state);
    }

    /** A call that only our guest made, before the recorded one {@code seq}. */
    void extra(String phase, long seq, String guest, String state) {
        counts(phase)[2]++;
        tell(phase, seq, "nothing", guest, state);
    }

    void choice(String what) {
        choices.merge(what, 1L, Long::sum);
    }

    void carriedOut(String whose) {
        carriedOut.merge(whose, 1L, Long::sum);
        line();
    }

    /** A recorded call is done with. */
    private void line() {
        if (++lines % STRETCH == 0) {
            sums();
            trace.emit(GuestEvents.PROGRESS, bytesRead.getAsLong());
        }
    }

    /** Emits the sums. */
    void sums() {
        phases.forEach((phase, n) -> trace.emit(GuestEvents.PHASE, trace.text(phase), n[0] + n[1], n[0], n[1], n[2]));
        choices.forEach((choice, count) -> trace.emit(GuestEvents.CHOICE, trace.text(choice), count));
        carriedOut.forEach((whose, calls) -> trace.emit(GuestEvents.CARRIED_OUT, trace.text(whose), calls));
    }

    private long[] counts(String phase) {
        return phases.computeIfAbsent(phase, name -> new long[3]);
    }

    private void tell(String phase, long seq, String recorded, String guest, String state) {
        if (told++ < TOLD_MAX) {
            trace.emit(GuestEvents.DIFFERENCE, seq, trace.text(phase), trace.text(recorded), trace.text(guest), trace.text(state));
        }
    }
}
