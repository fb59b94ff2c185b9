package io.dmalab.platform.pseries.guest;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;

/** What the replayed guest has mapped, by window and bus address; several at one address where tables share a window. */
final class LiveMappings {
    private final Tally tally;
    private final Map<Long, Map<Long, Deque<Mapping>>> windows = new TreeMap<>();

    /** A mapping. @param user whose it is @param pages its entries */
    record Mapping(GuestMachine.User user, long liobn, long pages) {}

    LiveMappings(Tally tally) {
        this.tally = tally;
    }

    void add(long address, Mapping mapping) {
        window(mapping.liobn()).computeIfAbsent(address, key -> new ArrayDeque<>()).push(mapping);
    }

    boolean isMapped(long liobn, long address) {
        return window(liobn).containsKey(address);
    }

    /** Takes what is mapped at an address: of several the one of that many entries, else the newest; null if nothing is. */
    Mapping take(long liobn, long address, long entries) {
        Deque<Mapping> there = window(liobn).get(address);
        if (there == null) {
            return null;
        }
        Mapping found = there.stream().filter(mapping -> mapping.pages() == entries).findFirst().orElse(there.peek());
        if (there.size() > 1) {
            tally.choice("which of the tables that share a window an unmapping was of");
        }
        there.remove(found);
        if (there.isEmpty()) {
            window(liobn).remove(address);
        }
        return found;
    }

    private Map<Long, Deque<Mapping>> window(long liobn) {
        return windows.computeIfAbsent(liobn, key -> new TreeMap<>());
    }
}
