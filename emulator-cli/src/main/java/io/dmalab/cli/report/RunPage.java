package io.dmalab.cli.report;

import io.dmalab.api.observe.FindingRecord;
import io.dmalab.core.kernel.LogBuffer;
import io.dmalab.core.run.FindingText;
import io.dmalab.core.run.Removal;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.run.Sentences;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The report of one run: verdict, removals, mappings over time, findings with their stacks, counters, the kernel log. */
public final class RunPage {
    private RunPage() {}

    public static String of(Shown run, Facts facts) {
        RunResult result = run.result();
        Page page = new Page(result.scenario() + ", policy " + result.policy() + ", seed " + result.seed(), facts);
        page.section("verdict", "Verdict");
        page.markup.open("p");
        ComparisonPage.grade(page.markup, result.worst());
        page.markup.text(" " + found(result)).close();
        removals(result).write(page.markup);
        page.section("mappings", "Mappings over time");
        Panel.write(page.markup, "panel1", result, run.timeline(), result.removals().isEmpty() ? 0 : Panel.end(result, run.timeline()));
        findings(page, result);
        race(page, run);
        page.section("counters", "Counters");
        Table table = Table.of("Counters of the run", "name", "value");
        for (var metric : result.metrics().entrySet()) {
            table = table.row(metric.getKey(), String.format(Locale.ROOT, "%,d", metric.getValue()));
        }
        table.write(page.markup);
        log(page, result);
        return page.finish();
    }

    private static String found(RunResult result) {
        return result.findings().isEmpty() ? "Nothing was found." : result.findings().stream().map(f -> f.kind().toString()).distinct()
                .collect(Collectors.joining(", ", "Found: ", "."));
    }

    private static Table removals(RunResult result) {
        Table table = Table.of("Removals", "device", "outcome", "blocked", "mapped before", "mapped after");
        for (Removal removal : result.removals()) {
            table = table.row(removal.device(), removal.outcome(), Sentences.seconds(removal.blockedNanos(result.virtualNanos())),
                    Integer.toString(removal.mappedBefore()), Integer.toString(removal.mappedAfter()));
        }
        return table;
    }

    private static void findings(Page page, RunResult result) {
        page.section("findings", "Findings");
        if (result.findings().isEmpty()) {
            page.markup.leaf("p", "None.");
        }
        List<FindingRecord> worstFirst = result.findings().stream()
                .sorted(Comparator.comparing((FindingRecord f) -> f.kind().grade())).toList();
        for (FindingRecord finding : worstFirst) {
            page.markup.leaf("h3", finding.kind() + ": " + finding.subject());
            page.markup.leaf("p", String.format(Locale.ROOT, "%s. %,d times, first at %.6f s by %s.", finding.detail(),
                    finding.occurrences(),
                    finding.firstNanos() / 1e9, finding.where()));
            if (!finding.stacks().isEmpty()) {
                page.markup.open("details").leaf("summary", "Call stacks, innermost first");
                finding.stacks().forEach(stack -> page.code(FindingText.title(stack) + "\n  "
                        + String.join("\n  ", stack.functions())));
                page.markup.close();
            }
        }
    }

    /** The first use after free as two columns, if there was one. */
    static void race(Page page, Shown run) {
        List<String> race = RunRace.lines(run.result(), run.timeline());
        if (!race.isEmpty()) {
            page.markup.leaf("p", "The first use after free, in seconds since the removal was commanded: who freed, and who came too late.");
            page.code(String.join("\n", race));
        }
    }

    private static void log(Page page, RunResult result) {
        page.section("log", "Kernel log");
        if (result.log().isEmpty()) {
            page.markup.leaf("p", "The run kept no log, or nothing was printed.");
            return;
        }
        page.markup.open("details").leaf("summary", result.log().size() + " lines");
        page.code(result.log().stream().map(LogBuffer::format).collect(Collectors.joining("\n")));
        page.markup.close();
    }
}
