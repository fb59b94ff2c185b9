package io.dmalab.cli;

import io.dmalab.api.recorded.Subject;
import io.dmalab.core.imported.HoldDistribution;
import io.dmalab.core.imported.HoldQuantiles;
import io.dmalab.core.imported.Population;
import io.dmalab.core.imported.RecordedRemoval;
import io.dmalab.core.imported.Recording;
import io.dmalab.core.imported.ScenarioOptions;
import io.dmalab.core.run.Sentences;
import io.dmalab.core.trace.ReadReport;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Prints what a trace was found to contain. */
final class ImportReport {
    private static final int POPULATIONS_MAX = 12;

    private final Output output;
    private final PrintWriter out;
    private final int damagesMax;

    ImportReport(Output output, PrintWriter out, int damagesMax) {
        this.output = output;
        this.out = out;
        this.damagesMax = damagesMax;
    }

    /** @param file where the scenario has been written, if anywhere */
    void print(Recording recording, ScenarioOptions options, Optional<String> file) {
        lines(recording);
        List<Population> populations = recording.populations().stream().filter(p -> p.began() > 0).toList();
        populations.stream().limit(POPULATIONS_MAX).forEach(this::population);
        if (populations.size() > POPULATIONS_MAX) {
            print("          and %d more interfaces and devices; --json has all%n", populations.size() - POPULATIONS_MAX);
        }
        answers(recording);
        removal(recording);
        holds(recording.workload(options.owner()).orElseThrow());
        if (!output.quiet) {
            recording.mappings().ifPresent(p -> chart(recording, p));
        }
        damages(recording);
        scenario(recording, options, file);
        out.flush();
    }

    private void lines(Recording recording) {
        ReadReport lines = recording.lines();
        long others = lines.events() + lines.otherEvents() - recording.used() - recording.misplaced().count();
        print("trace     %s: %,d lines, %,d events used, %,d others, %,d damaged lines%n", DiagnosisReport.plain(recording.name()),
                lines.lines(), recording.used(), others, lines.damaged());
        print("time      %s, from %.6f to %.6f s%n", Sentences.seconds(recording.end() - recording.begin()), recording.begin() / 1e9,
                recording.end() / 1e9);
    }

    private void population(Population p) {
        String owner = p.owner().isEmpty() ? "" : DiagnosisReport.plain(p.owner()) + ": ";
        String verb = switch (p.subject()) {
            case PACKET -> "received";
            case PAGE -> "taken from the allocator";
            case MAPPING, UNNAMED_MAPPING -> "made";
        };
        print("%-9s %s%,d %s%s, %,d ended, %,d at the end still live; at most %,d at a time%n", head(p.subject()), owner, p.began(), verb,
                p.subject() == Subject.PACKET ? String.format(Locale.ROOT, " on %d CPU%s", p.cpus(), p.cpus() == 1 ? "" : "s") : "",
                p.ended(), p.open(), p.liveMost());
        if (p.endedUnseen() > 0) {
            print("          of %,d more the end was not seen: another one began in their place%n", p.endedUnseen());
        }
        if (p.foreignEnds() > 0) {
            print("          %,d %s%n", p.foreignEnds(), p.subject() == Subject.UNNAMED_MAPPING
                    ? "calls that end mappings found none: windows that are cleared, or mappings from before the trace"
                    : "ended that had begun before the trace");
        }
    }

    private static String head(Subject subject) {
        return switch (subject) {
            case PACKET -> "packets";
            case PAGE -> "pages";
            case MAPPING -> "mappings";
            case UNNAMED_MAPPING -> "by hcalls";
        };
    }

    private void answers(Recording recording) {
        if (recording.answers().isEmpty()) {
            return;
        }
        String all = recording.answers().stream().map(a -> String.format(Locale.ROOT, "%,d %s %s", a.count(), a.call(),
                a.success() ? a.code() : Colours.yellow(a.code()))).collect(Collectors.joining(", "));
        print("hcalls    %s%n", all);
    }

    private void removal(Recording recording) {
        if (recording.removal().isEmpty()) {
            print("removal   none seen%n");
            return;
        }
        RecordedRemoval removal = recording.removal().get();
        print("removal   %sby %s: began at %.6f s with %s%n", removal.certain() ? "" : "perhaps, for page_pools were destroyed: ",
                DiagnosisReport.plain(removal.task()), removal.begin() / 1e9, live(recording, removal, true));
        print("          the driver had let go %s later, with %s%n", Sentences.seconds(removal.letGo() - removal.begin()),
                live(recording, removal, false));
        if (removal.pools() > 0) {
            print("          %s%n", Colours.bold(String.format(Locale.ROOT, "%,d pages in flight, of %d destroyed page_pools",
                    removal.inFlight(), removal.pools())));
            print("          %d of %d page_pools were complete by the end%s%n", removal.poolsEmptied(), removal.pools(),
                    removal.lastHome().isEmpty() ? "" : ", the last " + Sentences.seconds(removal.lastHome().getAsLong() - removal.letGo())
                            + " after the driver had let go");
        }
        removal.steps().forEach(step -> print("          %.6f s  %s%n", step.time() / 1e9, DiagnosisReport.plain(step.what())));
        if (recording.removals() > 1) {
            print("          %d more removals were seen and left out%n", recording.removals() - 1);
        }
    }

    private static String live(Recording recording, RecordedRemoval removal, boolean begin) {
        StringBuilder text = new StringBuilder();
        for (Subject subject : List.of(Subject.MAPPING, Subject.PAGE, Subject.PACKET)) {
            Optional<Population> population = recording.concerned(subject);
            if (population.isPresent()) {
                int index = recording.populations().indexOf(population.get());
                long live = begin ? removal.liveAtBegin(index) : removal.liveAtLetGo(index);
                text.append(text.isEmpty() ? "" : ", ").append(String.format(Locale.ROOT, "%,d %s", live, head(subject)));
            }
        }
        return text.append(text.isEmpty() ? "nothing that is known to be live" : " live").toString();
    }

    private void holds(Population workload) {
        HoldDistribution holds = workload.holds();
        if (workload.ended() == 0) {
            print("held      unknown, for no end was recorded; record skb:consume_skb and skb:kfree_skb, too%n");
            return;
        }
        print("held      %s:", head(workload.subject()));
        for (double percent : HoldQuantiles.SHOWN) {
            long nanos = holds.quantile(percent);
            print("  p%s %s", HoldQuantiles.plain(percent), nanos == Long.MAX_VALUE ? "for ever" : Sentences.seconds(nanos));
        }
        print("%n");
        if (holds.open() > 0) {
            print("          %,d had not ended when the trace did; %.3f %% count as held for ever%n", holds.open(),
                    100 * (1 - holds.finiteShare()));
        }
        if (workload.subject() == Subject.UNNAMED_MAPPING) {
            print("          hypercalls are traced without arguments: the first that began is taken to end first%n");
        }
    }

    private void chart(Recording recording, Population population) {
        print("%nlive %s%s over time%n", population.subject() == Subject.PAGE ? "pages" : "mappings",
                population.owner().isEmpty() ? "" : " of " + DiagnosisReport.plain(population.owner()));
        Chart.print(out, "  ", population.live(), recording.begin(), recording.end());
    }

    private void damages(Recording recording) {
        ReadReport lines = recording.lines();
        String file = DiagnosisReport.plain(recording.name());
        if (lines.damaged() > 0) {
            print("%ndamaged lines, which were left out%n");
            lines.firstDamages().stream().limit(damagesMax)
                    .forEach(d -> print("  %s:%d:%d: %s%n", file, d.line(), d.column(), DiagnosisReport.plain(d.cause())));
            long more = lines.damaged() - Math.min(damagesMax, lines.firstDamages().size());
            if (more > 0) {
                print("  and %,d more%n", more);
            }
        }
        if (recording.misplaced().count() > 0) {
            print("%n%,d event%s left out, for its time or CPU cannot be right; the first is %s:%d%n",
                    recording.misplaced().count(), recording.misplaced().count() == 1 ? " was" : "s were", file,
                    recording.misplaced().firstLine());
        }
    }

    private void scenario(Recording recording, ScenarioOptions options, Optional<String> file) {
        Population workload = recording.workload(options.owner()).orElseThrow();
        String each = ", each as one packet; record net:netif_receive_skb and skb:consume_skb for the packets themselves";
        String made = switch (workload.subject()) {
            case PACKET -> "packets of " + DiagnosisReport.plain(workload.owner());
            case PAGE -> "pages" + each;
            case MAPPING, UNNAMED_MAPPING -> "mappings" + each;
        };
        print("%nscenario  %s, of the %s%n", options.name(), made);
        if (file.isEmpty()) {
            print("          not written; name a file with -o%n");
        } else if (!file.get().equals("-")) {
            print("          dmalab compare %s%n", DiagnosisReport.plain(file.get()));
        }
    }

    private void print(String format, Object... args) {
        out.printf(Locale.ROOT, format, args);
    }
}
