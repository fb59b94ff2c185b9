package io.dmalab.core.explore;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Grade;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Which findings an exploration looks for: all forbidden ones, or those that the scenario lists as {@code KIND}, {@code KIND TYPE} or {@code
 * KIND TYPE.FIELD}. Where it lists fields, an access to another one of freed memory is none.
 */
public final class Harm {
    /** Everything forbidden. */
    public static final Harm FORBIDDEN = new Harm(EnumSet.noneOf(FindingKind.class), Points.ALL);

    private final Set<FindingKind> kinds;
    private final Points stale;

    private Harm(Set<FindingKind> kinds, Points stale) {
        this.kinds = kinds;
        this.stale = stale;
    }

    /** @param texts empty for everything forbidden @throws IllegalArgumentException if one has another form, or there is no such kind */
    public static Harm of(List<String> texts) {
        if (texts.isEmpty()) {
            return FORBIDDEN;
        }
        Set<FindingKind> kinds = EnumSet.noneOf(FindingKind.class);
        List<String> places = new ArrayList<>();
        for (String text : texts) {
            String[] parts = text.strip().split(" +", 2);
            FindingKind kind = kind(parts[0]);
            kinds.add(kind);
            if (parts.length > 1 && kind != FindingKind.USE_AFTER_FREE) {
                throw new IllegalArgumentException("'" + text + "' names a place; only " + FindingKind.USE_AFTER_FREE + " has one");
            }
            if (parts.length > 1) {
                places.add(parts[1]);
            }
        }
        return new Harm(kinds, Points.of(places));
    }

    private static FindingKind kind(String text) {
        for (FindingKind kind : FindingKind.values()) {
            if (kind.toString().equals(text)) {
                return kind;
            }
        }
        throw new IllegalArgumentException("'" + text + "' is no kind of finding; known: " + List.of(FindingKind.values()));
    }

    /** Whether a finding of that kind is looked for. */
    public boolean is(FindingKind kind) {
        return kinds.isEmpty() ? kind.grade() == Grade.FORBIDDEN : kinds.contains(kind);
    }

    /** Whether an access to freed memory is looked at. */
    public boolean isStale(String type, String field) {
        return stale.has(type, field, () -> "");
    }
}
