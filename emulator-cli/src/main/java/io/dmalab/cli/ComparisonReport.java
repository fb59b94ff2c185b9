package io.dmalab.cli;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.core.run.Comparison;
import io.dmalab.core.run.PolicySummary;
import io.dmalab.core.run.Proportion;
import io.dmalab.core.run.Sentences;
import io.dmalab.core.run.Spread;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Prints a comparison: a table of policies x outcomes, one of removal time and costs, one sentence per policy. */
final class ComparisonReport {
    private record Column(String head, Function<PolicySummary, String> cell) {}

    private final Output output;
    private final PrintWriter out;

    ComparisonReport(Output output) {
        this.output = output;
        this.out = output.out();
    }

    void print(Comparison comparison) {
        print("%s: %s x %s (%d..%d), the same traffic and holders for every policy%n%n", comparison.scenario(),
                plural(comparison.policies().size(), "policy", "policies"), plural(comparison.seeds(), "seed", "seeds"),
                        comparison.firstSeed(),
                comparison.firstSeed() + comparison.seeds() - 1);
        print("Outcomes, %% of runs with 95 %% interval%n");
        table(outcomes(comparison), comparison.policies());
        print("%nRemoval: how long it was blocked, and how much was done and said meanwhile%n");
        table(removal(), comparison.policies());
        print("%nMappings, and what the policy costs on the data path%n");
        table(costs(), comparison.policies());
        if (!output.quiet) {
            print("%n");
            comparison.policies().forEach(p -> print("%s%n", Sentences.about(p)));
        }
        print("%ndigest %s%n", comparison.digestText());
        out.flush();
    }

    private static List<Column> outcomes(Comparison comparison) {
        List<Column> columns = new ArrayList<>();
        columns.add(new Column("policy", PolicySummary::policy));
        columns.add(new Column("clean", p -> interval(p.clean())));
        comparison.policies().stream().flatMap(p -> p.kinds().stream()).distinct().sorted()
                .forEach(kind -> columns.add(new Column(kind.toString(), p -> interval(p.found(kind)))));
        if (columns.stream().noneMatch(c -> c.head().equals(FindingKind.USE_AFTER_FREE.toString()))) {
            columns.add(2, new Column(FindingKind.USE_AFTER_FREE.toString(), p -> interval(p.found(FindingKind.USE_AFTER_FREE))));
        }
        return columns;
    }

    private static List<Column> removal() {
        return List.of(
                new Column("policy", PolicySummary::policy),
                new Column("p50", p -> time(p.blockedNanos(), 50)),
                new Column("p99", p -> time(p.blockedNanos(), 99)),
                new Column("max", p -> time(p.blockedNanos(), 100)),
                new Column("poll rounds", p -> mean(p.metric(Metrics.POLL_ROUNDS))),
                new Column("log lines", p -> mean(p.logLines())));
    }

    private static List<Column> costs() {
        return List.of(
                new Column("policy", PolicySummary::policy),
                new Column("late unmaps", p -> mean(p.metric(Metrics.LATE_UNMAPS))),
                new Column("failed TCE calls", p -> mean(p.metric(Metrics.FAILED_TCE_CALLS))),
                new Column("dropped TCEs", p -> mean(p.metric(Metrics.DROPPED_TCES))),
                new Column("leaked TCEs", p -> mean(p.metric(Metrics.LEAKED_TCES))),
                new Column("ns/packet", p -> String.format(Locale.ROOT, "%.2f", p.hotPathNanosPerPacket())),
                new Column("B/page", p -> Long.toString(p.metric(Metrics.BYTES_PER_PAGE).max())));
    }

    private static String plural(int number, String one, String more) {
        return number + " " + (number == 1 ? one : more);
    }

    private static String interval(Proportion p) {
        return String.format(Locale.ROOT, "%.0f (%.0f..%.0f)", 100 * p.rate(), 100 * p.low(), 100 * p.high());
    }

    private static String time(Spread spread, double percent) {
        if (spread.count() == 0) {
            return "-";
        }
        return Sentences.seconds(percent == 100 ? spread.max() : spread.percentile(percent));
    }

    private static String mean(Spread spread) {
        double mean = spread.mean();
        return String.format(Locale.ROOT, mean == Math.rint(mean) ? "%,.0f" : "%,.1f", mean);
    }

    /** First column left, the others right. */
    private void table(List<Column> columns, List<PolicySummary> rows) {
        int[] widths = columns.stream()
                .mapToInt(c -> Math.max(c.head().length(), rows.stream().mapToInt(r -> c.cell().apply(r).length()).max().orElse(0)))
                .toArray();
        StringBuilder head = new StringBuilder();
        for (int i = 0; i < columns.size(); i++) {
            head.append(pad(columns.get(i).head(), widths[i], i == 0));
        }
        print("  %s%n", Colours.bold(head.toString().stripTrailing()));
        for (PolicySummary row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns.size(); i++) {
                line.append(pad(columns.get(i).cell().apply(row), widths[i], i == 0));
            }
            print("  %s%n", line.toString().stripTrailing());
        }
    }

    private static String pad(String text, int width, boolean left) {
        String space = " ".repeat(width - text.length());
        return (left ? text + space : space + text) + "  ";
    }

    private void print(String format, Object... args) {
        out.printf(Locale.ROOT, format, args);
    }
}
