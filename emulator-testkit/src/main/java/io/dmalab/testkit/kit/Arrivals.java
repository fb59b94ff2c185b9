package io.dmalab.testkit.kit;

import io.dmalab.api.observe.Observer;
import io.dmalab.api.observe.TraceRecord;
import io.dmalab.api.tracepoint.NetEvents;
import io.dmalab.core.Emulator;
import io.dmalab.core.run.RunRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What arrived and when, as the trace tells it: the same for one seed, whoever else has a part in the machine. */
final class Arrivals implements Observer {
    private static final Set<String> TYPES = Set.of(NetEvents.RECEIVE_SKB.name(), "kit:received");

    private final List<String> all = new ArrayList<>();

    private Arrivals() {}

    /** Runs the request; its arrivals before {@code end}. */
    static List<String> of(Emulator emulator, RunRequest request, long end) {
        Arrivals arrivals = new Arrivals();
        emulator.run(request.withObservers(List.of(arrivals)));
        return arrivals.all.stream().filter(line -> Long.parseLong(line.substring(0, line.indexOf(' '))) < end).toList();
    }

    @Override
    public boolean wantsEvents() {
        return true;
    }

    /** Without the addresses of packets, which are a matter of memory. */
    @Override
    public void event(TraceRecord event) {
        if (TYPES.contains(event.type().name())) {
            all.add(event.timeNanos() + " " + event.values().getLast());
        }
    }
}
