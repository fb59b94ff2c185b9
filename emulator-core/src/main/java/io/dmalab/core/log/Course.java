package io.dmalab.core.log;

import io.dmalab.api.diagnose.Diagnosis;
import io.dmalab.api.diagnose.Diagnosis.Moment;
import io.dmalab.api.diagnose.Diagnosis.Nature;
import io.dmalab.api.diagnose.Place.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Puts several diagnoses of one log into one story. */
final class Course {
    /** The longest wait that was proposed. */
    private static final double WAIT_SECONDS = 120;

    private Course() {}

    /** Oldest first; of a log with two clocks only the moments of the first diagnosis' clock. */
    static List<Moment> of(List<Diagnosis> diagnoses) {
        Optional<Clock> clock = diagnoses.stream().flatMap(d -> d.course().stream()).map(m -> m.place().clock())
                .filter(c -> c != Clock.NONE).findFirst();
        return clock.map(c -> diagnoses.stream().flatMap(d -> d.course().stream()).filter(m -> m.place().clock() == c)
                .sorted(Comparator.comparingLong(Moment::nanos).thenComparingLong(m -> m.place().line())).toList()).orElse(List.of());
    }

    /** A stall, or a hang, and what came of it. */
    static List<String> links(List<Diagnosis> diagnoses) {
        List<String> links = new ArrayList<>();
        for (Diagnosis stall : of(diagnoses, Nature.STALL)) {
            for (Diagnosis late : of(diagnoses, Nature.LATE_UNMAP)) {
                links.add(stallThenLate(stall, late));
            }
            for (Diagnosis hang : of(diagnoses, Nature.HANG)) {
                links.add("The stalled pool (" + stall.failure() + ", line " + stall.evidence().getFirst().line() + ") and the hung task (line "
                        + hang.evidence().getLast().line() + ") belong together if the removal of that device waits for its pages: whoever asks "
                        + "for the device's lock waits as long.");
            }
        }
        for (Diagnosis lost : of(diagnoses, Nature.LOST_PAGE)) {
            for (Diagnosis stall : of(diagnoses, Nature.STALL)) {
                links.add("A page that was freed without its pool (" + lost.failure() + ", line " + lost.evidence().getFirst().line()
                        + ") never comes back to it: if it was one of the stalled pool's (" + stall.failure() + ", line "
                        + stall.evidence().getFirst().line() + "), that pool waits for ever.");
            }
        }
        for (Diagnosis leak : of(diagnoses, Nature.LEAK)) {
            for (Diagnosis late : of(diagnoses, Nature.LATE_UNMAP)) {
                links.add("The mappings that " + leak.failure() + " counts at unbind are those whose late unmap " + late.failure()
                        + " shows, if the device is the same.");
            }
        }
        return links;
    }

    private static String stallThenLate(Diagnosis stall, Diagnosis late) {
        double gap = gap(stall, late).orElse(0.0);
        String apart = gap <= 0 ? "" : String.format(Locale.ROOT, ", up to %.0f s later", gap);
        return "The pages that " + stall.failure() + " shows as out are the population from which the late unmap of " + late.failure()
                + " comes" + apart + ". The log does not say which pool a page belonged to."
                + (gap > WAIT_SECONDS ? " If it was one of these, a removal that waits 120 s would have given up before." : "");
    }

    private static Optional<Double> gap(Diagnosis first, Diagnosis second) {
        if (first.course().isEmpty() || second.course().isEmpty()) {
            return Optional.empty();
        }
        Moment a = first.course().getFirst();
        Moment b = second.course().getLast();
        return a.place().comparable(b.place()) ? Optional.of((b.nanos() - a.nanos()) / 1e9) : Optional.empty();
    }

    private static List<Diagnosis> of(List<Diagnosis> all, Nature nature) {
        return all.stream().filter(d -> d.nature() == nature).toList();
    }
}
