package io.dmalab.core.imported;

import io.dmalab.api.recorded.Subject;
import java.util.BitSet;
import org.HdrHistogram.Histogram;

/** A population while the trace is read. */
final class Tally {
    /** Error of a recorded time at most 0.1 %. */
    private static final int DIGITS = 3;

    /** Things of which a distribution is worth writing down. */
    private static final int PHASE_LEAST = 256;

    private final Subject subject;
    private final String owner;
    private final Trains beginnings = new Trains();
    private final Timeline timeline = new Timeline();
    private final Histogram holds = new Histogram(DIGITS);
    private final Histogram open = new Histogram(DIGITS);
    private final Phases phases = new Phases();
    private final BitSet cpus = new BitSet();
    private long began;
    private long ended;
    private long unseen;
    private long foreign;
    private long bytes;
    private long largest;
    private long live;
    private long liveMost;

    Tally(Subject subject, String owner) {
        this.subject = subject;
        this.owner = owner;
    }

    /** It has come here from elsewhere, and lives as what it was. */
    void passed(long time, int cpu, long size) {
        began++;
        bytes += size;
        largest = Math.max(largest, size);
        cpus.set(cpu);
        beginnings.add(time, 1, size);
    }

    void began(long time, int cpu, long size) {
        passed(time, cpu, size);
        live++;
        liveMost = Math.max(liveMost, live);
        timeline.set(time, live);
    }

    void ended(long start, long time) {
        ended++;
        holds.recordValue(time - start);
        phases.ended(start, time - start);
        gone(time);
    }

    void endedUnseen(long time) {
        unseen++;
        gone(time);
    }

    private void gone(long time) {
        live--;
        timeline.set(time, live);
    }

    void foreignEnd() {
        foreign++;
    }

    /** @param end of the recording */
    void stillOpen(long start, long end) {
        open.recordValue(end - start);
        phases.open(start, end - start);
    }

    long live() {
        return live;
    }

    Population finished() {
        return new Population(subject, owner, began, ended, unseen, foreign, bytes, largest, cpus.cardinality(), liveMost, beginnings,
                new HoldDistribution(holds, open), phases.all(PHASE_LEAST), timeline);
    }
}
