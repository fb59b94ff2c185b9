package io.dmalab.cli;

import io.dmalab.api.kernel.Grade;
import io.dmalab.api.observe.LogLine;
import io.dmalab.cli.report.RunRace;
import io.dmalab.core.Emulator;
import io.dmalab.core.life.MappingTimeline;
import io.dmalab.core.run.Comparison;
import io.dmalab.core.run.Measure;
import io.dmalab.core.run.Pareto;
import io.dmalab.core.run.PolicySummary;
import io.dmalab.core.run.Proportion;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.run.Sentences;
import io.dmalab.core.run.Study;
import io.dmalab.core.run.StudyPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A study as plain text of at most 75 columns, as it can be sent to a kernel mailing list: a summary, for each scenario a table and the
 * first complaint of the kernel, trimmed, its race in two columns, and the command that shows it again.
 */
final class LkmlText {
    private static final int WIDTH = 75;
    /** Lines of a complaint that are worth a mail. */
    private static final int SPLAT_LINES = 16;
    /** The gravest first. */
    private static final List<Pattern> COMPLAINTS = Stream.of("BUG: .*|Oops: .*|Unable to handle .*", "INFO: task .*", "WARNING: .*",
            ".*: Unexpected TCEs|.*plpar_tce.*rc.*").map(Pattern::compile).toList();
    /** A frame of a powerpc stack dump: stack pointer and address say nothing to a reader elsewhere. */
    private static final Pattern FRAME = Pattern.compile("\\[[0-9a-f]{16}] \\[[0-9a-f]{16}] (.*)");

    private final Emulator emulator;
    private final StudyPlan plan;
    private final Study study;
    private final String baseline;
    private final StringBuilder text = new StringBuilder();

    LkmlText(Emulator emulator, StudyPlan plan, Study study, String baseline) {
        this.emulator = emulator;
        this.plan = plan;
        this.study = study;
        this.baseline = baseline;
    }

    String text() {
        Comparison first = study.comparisons().getFirst();
        List<String> names = study.policies();
        paragraph(String.format(Locale.ROOT,
                "%s compared on %s, %s each (%s seeds on the same traffic and holders): %,d runs of dmalab %s.",
                Figures.plural(names.size(), "policy", "policies"),
                study.comparisons().size() == 1 ? first.title() : Figures.plural(study.comparisons().size(), "scenario",
                        "scenarios").strip(),
                Figures.plural(first.seeds(), "run", "runs"), first.seeds(), study.runs(), emulator.model()));
        line("");
        IntStream.range(0, names.size()).forEach(i -> wrap(String.format(Locale.ROOT, "[%d] %s", i + 1, names.get(i)), 4));
        for (Comparison comparison : study.comparisons()) {
            scenario(comparison, names);
        }
        line("");
        List<PolicySummary> everywhere = study.everywhere();
        wrap("Not dominated" + (study.comparisons().size() > 1 ? " over all of them" : "") + ": " + String.join(", ",
                Pareto.of(everywhere).best())
                + ".", 2);
        line("");
        everywhere.forEach(policy -> wrap(Sentences.about(policy), 2));
        line("");
        line("digest " + study.digestText());
        return text.toString();
    }

    private void scenario(Comparison comparison, List<String> names) {
        line("");
        line(comparison.title() + ":");
        line("");
        TextTable<PolicySummary> table = new TextTable<PolicySummary>()
                .column("", p -> "[" + (names.indexOf(p.policy()) + 1) + "]")
                .column("forbidden", p -> rate(p.worst(Grade.FORBIDDEN)))
                .column("interest.", p -> rate(p.worst(Grade.INTERESTING)))
                .column("removal", p -> p.blockedNanos().count() == 0 ? "-" : Sentences.seconds(p.longestRemoval().percentile(50)))
                .column("max", Figures::longest)
                .column("leak", p -> count(p, "leaked_tces"))
                .column("stuck", p -> count(p, "collateral_tasks"))
                .column("log", p -> Figures.count(Math.rint(p.logLines().mean())))
                .column("ns/pkt", p -> String.format(Locale.ROOT, "%.1f", p.hotPathNanosPerPacket()));
        table.lines(comparison.policies()).forEach(row -> line("  " + row));
        comparison.leftOut().keySet().forEach(policy -> line("  [" + (names.indexOf(policy) + 1) + "] cannot be run here"));
        comparison.first(baseline, LkmlText::forbidden).ifPresent(policy -> complaint(comparison, policy));
    }

    private static String rate(Proportion p) {
        return p.hits() == 0 ? String.format(Locale.ROOT, "0 (<%.0f%%)", Math.ceil(100 * p.high())) : String.format(Locale.ROOT, "%d/%d",
                p.hits(), p.runs());
    }

    private static String count(PolicySummary policy, String name) {
        return Figures.count(Math.rint(Measure.of(name).mean(policy)));
    }

    private static boolean forbidden(PolicySummary policy) {
        return policy.worst(Grade.FORBIDDEN).hits() > 0;
    }

    /** Runs the first run with a forbidden outcome again, for its kernel log. */
    private void complaint(Comparison comparison, PolicySummary policy) {
        int run = IntStream.range(0, policy.runs()).filter(i -> policy.worst(i) == Grade.FORBIDDEN).findFirst().orElseThrow();
        long seed = policy.seeds().value(run);
        StudyPlan.Contender contender = plan.points().stream().filter(point -> point.varied().equals(comparison.varied()))
                .flatMap(point -> point.contenders().stream())
                .filter(c -> c.name().equals(policy.policy()) && c.request().scenario().id().equals(comparison.scenario())).findFirst()
                .orElseThrow();
        MappingTimeline timeline = new MappingTimeline();
        RunResult result = emulator.run(contender.request().withSeed(seed).withObservers(List.of(timeline)));
        line("");
        wrap(String.format(Locale.ROOT, "%s, seed %d:", policy.command(), seed), 2);
        line("");
        splat(result.log()).forEach(splat -> line("  " + splat));
        line("");
        List<String> race = RunRace.lines(result, timeline);
        if (!race.isEmpty()) {
            race.forEach(this::line);
            line("");
        }
        StringBuilder command = new StringBuilder("dmalab run " + comparison.scenario() + " --policy " + policy.command() + " --seed "
                + seed);
        comparison.varied().forEach((key, value) -> command.append(key.startsWith("policy.") ? "" : " --set '" + key + "=" + value + "'"));
        shell("$ " + command);
    }

    /** The gravest complaint's first lines, without what only a debugger needs; where more follows, it says so. */
    static List<String> splat(List<LogLine> log) {
        for (Pattern complaint : COMPLAINTS) {
            for (int at = 0; at < log.size(); at++) {
                if (complaint.matcher(log.get(at).text()).matches()) {
                    return trimmed(log.subList(at, log.size()));
                }
            }
        }
        return List.of("(the kernel log has no complaint)");
    }

    private static List<String> trimmed(List<LogLine> log) {
        List<String> lines = new ArrayList<>();
        for (LogLine line : log) {
            String plain = line.text().stripTrailing();
            if (lines.size() == SPLAT_LINES || plain.startsWith("=====")) {
                lines.add("[...]");
                return lines;
            }
            Matcher frame = FRAME.matcher(plain);
            String kept = frame.matches() ? " " + frame.group(1) : plain;
            if (!kept.isEmpty()) {
                lines.add(kept.length() <= WIDTH - 2 ? kept : kept.substring(0, WIDTH - 5) + "...");
            }
        }
        return lines;
    }

    private void paragraph(String words) {
        wrap(words, 0);
    }

    /** @param indent of the lines after the first */
    private void wrap(String words, int indent) {
        StringBuilder line = new StringBuilder();
        for (String word : words.split(" ")) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > WIDTH) {
                line(line.toString());
                line = new StringBuilder(" ".repeat(indent));
                line.append(word);
            } else {
                line.append(line.isEmpty() ? "" : " ").append(word);
            }
        }
        line(line.toString());
    }

    /** A command, with the line's end escaped where it is broken. */
    private void shell(String command) {
        StringBuilder line = new StringBuilder();
        for (String word : command.split(" (?=\\S)")) {
            if (line.length() + 1 + word.length() > WIDTH - 2 && !line.toString().isBlank()) {
                line(line + " \\");
                line = new StringBuilder("      " + word);
            } else {
                line.append(line.isEmpty() ? "" : " ").append(word);
            }
        }
        line(line.toString());
    }

    /** A word that is longer than a line, such as a long list of options, is cut. */
    private void line(String line) {
        String shown = line.stripTrailing();
        text.append(shown.length() <= WIDTH ? shown : shown.substring(0, WIDTH - 3) + "...").append('\n');
    }
}
