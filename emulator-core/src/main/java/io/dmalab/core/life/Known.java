package io.dmalab.core.life;

import io.dmalab.api.observe.LifeRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Which addresses, pages and names a run knew, for those who asked for another. */
final class Known {
    private static final int SHOWN = 3;

    private final TreeSet<Long> mapped = new TreeSet<>(Long::compareUnsigned);
    private final TreeSet<Long> pages = new TreeSet<>();
    private final TreeSet<String> names = new TreeSet<>();

    void note(LifeRecord change) {
        switch (change) {
            case LifeRecord.Mapped m -> {
                mapped.add(m.address());
                pages.add((long) m.page());
            }
            case LifeRecord.Named named -> names.add(named.name());
            default -> { }
        }
    }

    List<String> nearest(Subject subject) {
        return switch (subject) {
            case Subject.Address at -> around(mapped, at.value()).stream().map(LifeStory::hex).toList();
            case Subject.Page page -> around(pages, (long) page.number()).stream().map(number -> "page " + number).toList();
            case Subject.Named ignored -> names.stream().limit(SHOWN).toList();
        };
    }

    /** The one below, those above. */
    private static List<Long> around(TreeSet<Long> all, long value) {
        List<Long> near = new ArrayList<>();
        Long below = all.lower(value);
        if (below != null) {
            near.add(below);
        }
        for (Long next = all.ceiling(value); next != null && near.size() < SHOWN; next = all.higher(next)) {
            near.add(next);
        }
        for (Long more = below == null ? null : all.lower(below); more != null && near.size() < SHOWN; more = all.lower(more)) {
            near.add(more);
        }
        return near;
    }
}
