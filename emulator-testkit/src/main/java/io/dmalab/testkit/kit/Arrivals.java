package io.dmalab.testkit.kit;

import io.dmalab.api.observe.Observer;
import io.dmalab.api.observe.TraceRecord;
import io.dmalab.api.tracepoint.NetEvents;
import io.dmalab.core.Emulator;
import io.dmalab.core.run.RunRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What the stack received, in order, as the trace tells it: for one seed the same, whoever else has a part in the machine. Times do not
 * count: a device may come up earlier or later.
 */
final class Arrivals implements Observer {
    private static final Set<String> TYPES = Set.of(NetEvents.RECEIVE_SKB.name(), "kit:received");

    private final long end;
    private final List<Object> all = new ArrayList<>();

    private Arrivals(long end) {
        this.end = end;
    }

    /** Runs the request; its arrivals before {@code end}. */
    static List<Object> of(Emulator emulator, RunRequest request, long end) {
        Arrivals arrivals = new Arrivals(end);
        emulator.run(request.withObservers(List.of(arrivals)));
        return arrivals.all;
    }

    /** As many of both as there are of the shorter. */
    static List<Object> common(List<Object> some, List<Object> others) {
        return some.subList(0, Math.min(some.size(), others.size()));
    }

    @Override
    public boolean wantsEvents() {
        return true;
    }

    @Override
    public void event(TraceRecord event) {
        if (event.timeNanos() < end && TYPES.contains(event.type().name())) {
            all.add(event.values().getLast());
        }
    }
}
