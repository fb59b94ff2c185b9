package io.dmalab.cli;

import io.dmalab.api.guest.GuestEvents;
import io.dmalab.api.observe.Observer;
import io.dmalab.api.observe.TraceRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * What the replay of one recording came to, collected from its events. They come on the machine's thread; who asks before the run is over
 * ends it first, and has what was known by then.
 */
final class GuestFindings implements Observer {
    /** Calls of a phase. @param extra calls that only our guest made */
    record Phase(String name, long calls, long agreed, long differed, long extra) {}

    /** A call that differs. */
    record Difference(long seq, String phase, String recorded, String guest, String state) {}

    /** Something counted. */
    record Count(String what, long count) {}

    private final Map<String, Phase> phases = new LinkedHashMap<>();
    private final List<Difference> differences = new ArrayList<>();
    private final Map<String, Count> choices = new LinkedHashMap<>();
    private final Map<String, Count> carriedOut = new LinkedHashMap<>();
    private final int differencesMax;
    private final LongConsumer progress;
    private boolean ended;

    /** @param progress told the bytes of the recording that are read, on the machine's thread */
    GuestFindings(int differencesMax, LongConsumer progress) {
        this.differencesMax = differencesMax;
        this.progress = progress;
    }

    @Override
    public boolean wantsEvents() {
        return true;
    }

    @Override
    public void event(TraceRecord event) {
        if (event.type().equals(GuestEvents.PROGRESS)) {
            progress.accept((Long) event.values().getFirst());
        } else {
            collect(event, event.values());
        }
    }

    private synchronized void collect(TraceRecord event, List<Object> v) {
        if (ended) {
            return;
        }
        if (event.type().equals(GuestEvents.PHASE)) {
            phases.put((String) v.get(0), new Phase((String) v.get(0), (Long) v.get(1), (Long) v.get(2), (Long) v.get(3), (Long) v.get(4)));
        } else if (event.type().equals(GuestEvents.CHOICE)) {
            choices.put((String) v.get(0), new Count((String) v.get(0), (Long) v.get(1)));
        } else if (event.type().equals(GuestEvents.CARRIED_OUT)) {
            carriedOut.put((String) v.get(0), new Count((String) v.get(0), (Long) v.get(1)));
        } else if (event.type().equals(GuestEvents.DIFFERENCE) && differences.size() < differencesMax) {
            differences.add(new Difference((Long) v.get(0), (String) v.get(1), (String) v.get(2), (String) v.get(3), (String) v.get(4)));
        }
    }

    /** What comes from now on does not count. */
    synchronized void stop() {
        ended = true;
    }

    synchronized List<Phase> phases() {
        return List.copyOf(phases.values());
    }

    synchronized List<Difference> differences() {
        return List.copyOf(differences);
    }

    synchronized List<Count> choices() {
        return List.copyOf(choices.values());
    }

    synchronized List<Count> carriedOut() {
        return List.copyOf(carriedOut.values());
    }

    long calls() {
        return phases().stream().mapToLong(Phase::calls).sum();
    }

    long agreed() {
        return phases().stream().mapToLong(Phase::agreed).sum();
    }

    long differed() {
        return phases().stream().mapToLong(Phase::differed).sum();
    }

    long extra() {
        return phases().stream().mapToLong(Phase::extra).sum();
    }

    long carried() {
        return carriedOut().stream().mapToLong(Count::count).sum();
    }

    boolean allAgreed() {
        return differed() == 0 && extra() == 0;
    }
}
