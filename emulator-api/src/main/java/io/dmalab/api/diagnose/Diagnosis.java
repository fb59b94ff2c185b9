package io.dmalab.api.diagnose;

import java.util.List;
import java.util.Objects;

/**
 * One known failure, recognised.
 *
 * @param failure   class id of the collected reports, e.g. {@code A1}, {@code B}
 * @param title     the failure in a few words
 * @param nature    its part in a longer story
 * @param certainty how sure, and {@code why}
 * @param evidence  the lines it rests on, in order, only the first of many
 * @param fields    every value the log gives, decoded
 * @param readings  what follows from the values, a sentence each
 * @param missing   which order was not kept
 * @param advice    what prevents it and what reproduces it
 * @param course    its moments in time, for a log in which several things happen
 */
public record Diagnosis(String failure, String title, Nature nature, Certainty certainty, String why, List<Place> evidence,
        List<Field> fields, List<String> readings, String missing, Advice advice, List<Moment> course) {

    /** Parts of the story: pages stay out, come home too late, and do harm. */
    public enum Nature {
        /** Pages are out and their pool waits for them. */
        STALL,
        /** A mapping ends after what it lived in is gone. */
        LATE_UNMAP,
        /** One teardown runs in the wrong order; nobody holds anything. */
        WRONG_ORDER,
        /** A mapping was never ended. */
        LEAK,
        /** A task waits for one that waits. */
        HANG,
        /** A page was freed without its pool, which waits for it for ever. */
        LOST_PAGE,
        /** The kernel's own check is wrong; nothing is broken. */
        FALSE_ALARM
    }

    /** How sure it is. */
    public enum Certainty {
        /** The log shows the failure itself. */
        CERTAIN,
        /** The log shows what this failure shows; another cause is possible. */
        LIKELY,
        /** The log shows what leads to it. */
        POSSIBLE;

        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * A decoded value.
     *
     * @param raw as the log has it
     */
    public record Field(String name, String raw, String meaning) {}

    /** Something happened, or began, at a time the log gives or that follows from it. */
    public record Moment(Place place, long nanos, String what) {
        public static Moment at(Place place, String what) {
            return new Moment(place, place.nanos(), what);
        }
    }

    public Diagnosis {
        Objects.requireNonNull(advice, "advice");
        evidence = List.copyOf(evidence);
        fields = List.copyOf(fields);
        readings = List.copyOf(readings);
        course = List.copyOf(course);
    }
}
