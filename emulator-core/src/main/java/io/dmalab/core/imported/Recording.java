package io.dmalab.core.imported;

import io.dmalab.api.recorded.Subject;
import io.dmalab.core.trace.ReadReport;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What a trace was found to contain. Times are nanoseconds of the trace's clock.
 *
 * @param name        of the file
 * @param lines       what reading came to, damaged lines included
 * @param used        events that mean something
 * @param misplaced   events that were left out, since their time stamp does not fit among its neighbours' or there is no such CPU
 * @param begin       of the first event
 * @param end         of the last event
 * @param cpus        number of CPUs, as far as the events show
 * @param populations in order of first appearance
 * @param removal     the most complete of those that are certain, else a likely one
 * @param removals    how many are certain
 * @param answers     of the hypervisor, in order of first appearance
 */
public record Recording(String name, ReadReport lines, long used, Misplaced misplaced, long begin, long end, int cpus,
        List<Population> populations, Optional<RecordedRemoval> removal, int removals, List<Answers> answers) {
    private static final String LOOPBACK = "lo";

    /** @param firstLine 0 if there is none */
    public record Misplaced(long count, long firstLine) {}

    /** @param call e.g. {@code H_STUFF_TCE} @param code e.g. {@code H_PARAMETER} */
    public record Answers(String call, String code, boolean success, long count) {}

    public Recording {
        populations = List.copyOf(populations);
        answers = List.copyOf(answers);
    }

    /**
     * What the workload is made of: the subject that says most, in the population that the removal concerned. One without any end tells
     * nothing about hold times, and is taken only if there is no other.
     *
     * @param owner the one to take, if given
     */
    public Optional<Population> workload(Optional<String> owner) {
        List<Population> candidates = Arrays.stream(Subject.values()).map(subject -> owner.isEmpty() ? concerned(subject)
                : populations.stream().filter(p -> p.subject() == subject && p.owner().equals(owner.get()) && p.began() > 0).findFirst())
                .flatMap(Optional::stream).toList();
        return candidates.stream().filter(p -> p.ended() > 0).findFirst().or(() -> candidates.stream().findFirst());
    }

    /**
     * The population of a subject that the removal concerned. No event says which interface a device has; that of the removed one is the
     * largest of those through which nothing came after the driver had let go.
     */
    public Optional<Population> concerned(Subject subject) {
        String device = removal.map(RecordedRemoval::device).orElse("");
        long letGo = removal.map(RecordedRemoval::letGo).orElse(Long.MAX_VALUE);
        return population(subject, p -> p.owner().equals(device)).or(() -> population(subject, p -> p.subject() == Subject.PACKET
                && p.beginnings().end() <= letGo)).or(() -> population(subject, p -> true));
    }

    private Optional<Population> population(Subject subject, Predicate<Population> wanted) {
        return populations.stream().filter(p -> p.subject() == subject && p.began() > 0 && !p.owner().equals(LOOPBACK)).filter(wanted)
                .max(Comparator.comparing(Population::began));
    }

    /** What stands for DMA mappings: themselves, else the pages of pools, which are all mapped, else hypercalls. */
    public Optional<Population> mappings() {
        return concerned(Subject.MAPPING).or(() -> concerned(Subject.PAGE)).or(() -> concerned(Subject.UNNAMED_MAPPING));
    }
}
