package io.dmalab.cli;

import io.dmalab.api.kernel.Grade;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.observe.FindingRecord;
import io.dmalab.core.kernel.LogBuffer;
import io.dmalab.core.run.FindingText;
import io.dmalab.core.run.Removal;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.run.Sentences;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Prints one run: the kernel log as dmesg shows it, what was found, the verdict. */
final class RunReport {
    private final Output output;
    private final PrintWriter out;

    /** @param out where the report goes */
    RunReport(Output output, PrintWriter out) {
        this.output = output;
        this.out = out;
    }

    void print(RunResult result, String token) {
        if (!output.quiet && !result.log().isEmpty()) {
            result.log().forEach(line -> out.println(LogBuffer.format(line)));
            out.println();
        }
        print("scenario  %s, policy %s, kernel %s, HZ %d, kasan %s%n",
                result.scenario(), Colours.bold(result.policy()), result.kernel(), result.hz(), result.kasan() ? "on" : "off");
        result.removals().forEach(r -> removal(r, result));
        print("packets   %,d received, %,d dropped; %d late unmaps, %d failed TCE calls, %d poll rounds%n",
                result.metric(Metrics.RX_PACKETS), result.metric(Metrics.RX_DROPPED), result.metric(Metrics.LATE_UNMAPS),
                result.metric(Metrics.FAILED_TCE_CALLS), result.metric(Metrics.POLL_ROUNDS));
        tables(result);
        findings(result.findings());
        print("verdict   %s%n", verdict(result));
        print("seed %d, digest %s, %s after %.3f s of virtual time, %,d events%n", result.seed(), result.digestText(), result.end(),
                result.virtualNanos() / 1e9, result.events());
        print("replay    dmalab replay %s%n", token);
        out.flush();
    }

    /** What policies did that leave late unmaps or tables behind. */
    private void tables(RunResult result) {
        List<String> parts = new ArrayList<>();
        part(parts, "%,d late unmaps dropped", result.metric(Metrics.DROPPED_LATE_UNMAPS));
        part(parts, "%,d entries lost with their table", result.metric(Metrics.LOST_ENTRIES));
        if (result.metric(Metrics.ZOMBIE_BYTES_PEAK) > 0) {
            parts.add(String.format(Locale.ROOT, "%,d bytes of dead tables at most, %,d at the end", result.metric(Metrics.ZOMBIE_BYTES_PEAK),
                    result.metric(Metrics.ZOMBIE_BYTES)));
        }
        if (!parts.isEmpty()) {
            print("tables    %s%n", String.join("; ", parts));
        }
    }

    private static void part(List<String> parts, String format, long value) {
        if (value > 0) {
            parts.add(String.format(Locale.ROOT, format, value));
        }
    }

    private void removal(Removal removal, RunResult result) {
        print("removal   %s: %s, %s after %s; mapped before %d, after %d%n", removal.device(), removal.outcome(),
                removal.endNanos().isPresent() ? "back" : "still blocked",
                Sentences.seconds(removal.blockedNanos(result.virtualNanos())), removal.mappedBefore(), removal.mappedAfter());
        if (removal.directMapped()) {
            print("          %s's streaming mappings bypass the IOMMU tables (RAM is directly mapped, and its window is cleared as a whole):%n"
                    + "          the removal made %d TCE calls for mappings, and no late unmap can reach a table%n", removal.device(),
                    result.metric(Metrics.REMOVAL_TCE_CALLS));
        }
    }

    /** Findings of one kind about one thing belong together: the first in full, the others by what they say. Worst first. */
    private void findings(List<FindingRecord> findings) {
        Map<String, List<FindingRecord>> groups = new LinkedHashMap<>();
        findings.stream().sorted(Comparator.comparing((FindingRecord f) -> f.kind().grade()))
                .forEach(f -> groups.computeIfAbsent(f.kind() + " " + f.subject(), key -> new ArrayList<>()).add(f));
        groups.values().forEach(this::group);
    }

    private void group(List<FindingRecord> group) {
        FindingRecord first = group.getFirst();
        long occurrences = group.stream().mapToLong(FindingRecord::occurrences).sum();
        String head = "finding   " + FindingText.head(first, occurrences);
        print("%s%n          %s%n", first.kind().grade() == Grade.FORBIDDEN ? Colours.red(head) : Colours.yellow(head), first.detail());
        if (!output.quiet) {
            first.stacks().forEach(this::stack);
        }
        group.stream().skip(1).forEach(other -> print("    also  %s (%,d x)%n", other.detail(), other.occurrences()));
    }

    private void stack(FindingRecord.Stack stack) {
        print("          %s%n", Colours.faint(FindingText.title(stack)));
        FindingText.lines(stack).forEach(line -> print("            %s%n", line));
    }

    private static String verdict(RunResult result) {
        Grade worst = result.worst();
        if (worst == Grade.ACCEPTABLE) {
            return Colours.green("clean");
        }
        String kinds = result.findings().stream().map(FindingRecord::kind).filter(kind -> kind.grade() == worst).distinct()
                .map(Object::toString)
                .collect(Collectors.joining(", "));
        return worst == Grade.FORBIDDEN ? Colours.red("FORBIDDEN") + ": " + kinds : Colours.yellow("INTERESTING") + ": " + kinds;
    }

    private void print(String format, Object... args) {
        out.printf(Locale.ROOT, format, args);
    }
}
