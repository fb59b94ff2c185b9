package io.dmalab.cli;

import io.dmalab.api.timeout.Timeout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Timeouts in order of length, and which of them do not fit into the one around them. */
final class Nesting {
    /** @param inner can last longer than {@code outer} does at least */
    record Misfit(Timeout inner, Timeout outer) {}

    private final List<Timeout> timeouts;
    private final List<Misfit> misfits = new ArrayList<>();
    private final List<Misfit> open = new ArrayList<>();

    Nesting(List<Timeout> all) {
        timeouts = all.stream().sorted(Comparator.comparing((Timeout t) -> !t.known()).thenComparingLong(Timeout::most)).toList();
        for (Timeout inner : timeouts) {
            for (String id : inner.inside()) {
                find(id).ifPresent(outer -> judge(inner, outer));
            }
        }
    }

    private void judge(Timeout inner, Timeout outer) {
        if (!inner.known() || !outer.known()) {
            open.add(new Misfit(inner, outer));
        } else if (inner.most() > outer.least()) {
            misfits.add(new Misfit(inner, outer));
        }
    }

    private Optional<Timeout> find(String id) {
        return timeouts.stream().filter(t -> t.id().equals(id)).findFirst();
    }

    /** Shortest first; those that nobody knows last. */
    List<Timeout> timeouts() {
        return timeouts;
    }

    List<Misfit> misfits() {
        return misfits;
    }

    /** Pairs of which one is not known. */
    List<Misfit> open() {
        return open;
    }
}
