package io.dmalab.cli;

import io.dmalab.api.guest.GuestEvents;
import io.dmalab.api.observe.Observer;
import io.dmalab.api.observe.TraceRecord;
import java.util.ArrayList;
import java.util.List;

/** What the replay of one recording came to, collected from its events. */
final class GuestFindings implements Observer {
    /** Calls of a phase. @param extra calls that only our guest made */
    record Phase(String name, long calls, long agreed, long differed, long extra) {}

    /** A call that differs. */
    record Difference(long seq, String phase, String recorded, String guest, String state) {}

    /** Something counted. */
    record Count(String what, long count) {}

    final List<Phase> phases = new ArrayList<>();
    final List<Difference> differences = new ArrayList<>();
    final List<Count> choices = new ArrayList<>();
    final List<Count> carriedOut = new ArrayList<>();
    private final int differencesMax;

    GuestFindings(int differencesMax) {
        this.differencesMax = differencesMax;
    }

    @Override
    public boolean wantsEvents() {
        return true;
    }

    @Override
    public void event(TraceRecord event) {
        List<Object> v = event.values();
        if (event.type().equals(GuestEvents.PHASE)) {
            phases.add(new Phase((String) v.get(0), (Long) v.get(1), (Long) v.get(2), (Long) v.get(3), (Long) v.get(4)));
        } else if (event.type().equals(GuestEvents.CHOICE)) {
            choices.add(new Count((String) v.get(0), (Long) v.get(1)));
        } else if (event.type().equals(GuestEvents.CARRIED_OUT)) {
            carriedOut.add(new Count((String) v.get(0), (Long) v.get(1)));
        } else if (event.type().equals(GuestEvents.DIFFERENCE) && differences.size() < differencesMax) {
            differences.add(new Difference((Long) v.get(0), (String) v.get(1), (String) v.get(2), (String) v.get(3), (String) v.get(4)));
        }
    }

    long calls() {
        return phases.stream().mapToLong(Phase::calls).sum();
    }

    long agreed() {
        return phases.stream().mapToLong(Phase::agreed).sum();
    }

    long differed() {
        return phases.stream().mapToLong(Phase::differed).sum();
    }

    long extra() {
        return phases.stream().mapToLong(Phase::extra).sum();
    }

    long carried() {
        return carriedOut.stream().mapToLong(Count::count).sum();
    }

    boolean allAgreed() {
        return differed() == 0 && extra() == 0;
    }
}
