package io.dmalab.cli;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Grade;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.core.run.Comparison;
import io.dmalab.core.run.Interval;
import io.dmalab.core.run.Measure;
import io.dmalab.core.run.PairedDifference;
import io.dmalab.core.run.Pareto;
import io.dmalab.core.run.PolicySummary;
import io.dmalab.core.run.Proportion;
import io.dmalab.core.run.Sentences;
import io.dmalab.core.run.Study;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Prints a study: for each scenario tables of outcomes, removal time, costs and differences from the baseline; over all scenarios the
 * same and a map of the outcomes; of a sweep the trend; which policies no other one dominates; one sentence per policy.
 */
final class StudyReport {
    private static final Measure REMOVAL = Measure.of(Measure.REMOVAL_BLOCKED_NS);

    private static final int INDENT = 2;

    private final int room;
    private final Output output;
    private final String baseline;
    private final PrintWriter out;

    /** @param width columns of the terminal; tables that are wider are parted */
    StudyReport(Output output, String baseline, int width) {
        this.output = output;
        this.room = width - INDENT;
        this.baseline = baseline;
        this.out = output.out();
    }

    void print(Study study) {
        boolean several = study.comparisons().size() > 1;
        boolean sweep = !study.variedKeys().isEmpty();
        if (several) {
            String points = Figures.plural(study.comparisons().size(), "scenario", sweep ? "points of the sweep" : "scenarios");
            print("%s x %s: %,d runs%n%n", points, Figures.plural(study.policies().size(), "policy", "policies"), study.runs());
        }
        for (Comparison comparison : study.comparisons()) {
            comparison(comparison, !several);
            print("%n");
        }
        if (!study.variedKeys().isEmpty()) {
            trend(study);
        }
        if (study.scenarios().size() > 1) {
            overall(study);
        }
        if (!output.quiet) {
            String criteria = String.join(", ", Pareto.of(study.overall()).criteria());
            print("(not dominated: no other policy is at least as good by all of these and better by one: %s)%n%n", criteria);
        }
        print("digest %s%n", study.digestText());
        out.flush();
    }

    private void comparison(Comparison comparison, boolean alone) {
        long last = comparison.firstSeed() + comparison.seeds() - 1;
        print("%s: %s x %s (%d..%d), %s%n%n", Colours.bold(comparison.title()),
                Figures.plural(comparison.policies().size(), "policy", "policies"), Figures.plural(comparison.seeds(), "seed", "seeds"),
                comparison.firstSeed(), last, history(comparison));
        tables(comparison.policies());
        differences(comparison);
        comparison.leftOut().forEach((policy, reason) -> print("%nleft out: %s (%s)%n", policy, reason));
        pareto(comparison.policies());
        if (alone && !output.quiet) {
            print("%n");
            comparison.policies().forEach(p -> print("%s%n", Sentences.about(p)));
        }
    }

    /** Whether the policies had the same past: common random numbers, as checked. */
    private static String history(Comparison comparison) {
        String others = comparison.policies().stream().filter(p -> comparison.foreignHistories(p).hits() > 0)
                .map(p -> p.policy() + " (" + comparison.foreignHistories(p).hits() + ")").collect(Collectors.joining(", "));
        return others.isEmpty() ? "the same traffic and holders for every policy"
                : "on some seeds other traffic or holders before the removal than for " + comparison.policies().getFirst().policy()
                        + ": " + others;
    }

    private void tables(List<PolicySummary> policies) {
        print("Outcomes, %% of runs with 95 %% interval%n");
        table(outcomes(policies), policies);
        print("%nRemoval: how long the remover was blocked, with 95 %% interval, and how much was done and said meanwhile%n");
        table(removal(policies), policies);
        print("%nCosts, mean of the runs%n");
        TextTable<PolicySummary> costs = names();
        Measure.costs(policies).stream().filter(m -> !m.name().equals(REMOVAL.name()) && !m.name().equals(Measure.LOG_LINES))
                .forEach(m -> costs.column(m.title(), p -> Figures.value(m.unit(), m.mean(p))));
        table(costs, policies);
        others(policies);
    }

    private void others(List<PolicySummary> policies) {
        List<Measure> others = Measure.others(policies);
        if (!others.isEmpty() && !output.quiet) {
            print("%nother counters that differ (--json, --csv): %s%n",
                    others.stream().map(Measure::name).collect(Collectors.joining(", ")));
        }
    }

    private static TextTable<PolicySummary> names() {
        return new TextTable<PolicySummary>().column("policy", PolicySummary::policy);
    }

    private static TextTable<PolicySummary> outcomes(List<PolicySummary> policies) {
        TextTable<PolicySummary> table = names().column("clean", p -> Figures.percent(p.clean()));
        Collection<FindingKind> kinds = new TreeSet<>(List.of(FindingKind.USE_AFTER_FREE));
        policies.forEach(policy -> kinds.addAll(policy.kinds()));
        kinds.forEach(kind -> table.column(kind.toString(), p -> Figures.percent(p.found(kind))));
        return table;
    }

    private static TextTable<PolicySummary> removal(List<PolicySummary> policies) {
        TextTable<PolicySummary> table = names().column("p50", p -> Figures.removal(p, 50)).column("p99", p -> Figures.removal(p, 99))
                .column("max", Figures::longest);
        if (policies.stream().anyMatch(p -> p.unfinished() > 0)) {
            table.column("never back", p -> Integer.toString(p.unfinished()));
        }
        if (policies.stream().anyMatch(p -> p.refused() > 0)) {
            table.column("refused", p -> Integer.toString(p.refused()));
        }
        return table.column("poll rounds", p -> Figures.count(p.metric(Metrics.POLL_ROUNDS).mean()))
                .column("log lines", p -> Figures.count(p.logLines().mean()));
    }

    private record Row(PolicySummary policy, PairedDifference removal, PairedDifference lines) {}

    private void differences(Comparison comparison) {
        PolicySummary base = comparison.find(baseline).orElse(null);
        if (base == null || comparison.policies().size() == 1) {
            return;
        }
        Measure lines = Measure.of(Measure.LOG_LINES);
        List<Row> rows = comparison.policies().stream().filter(p -> p != base)
                .map(p -> new Row(p, comparison.difference(REMOVAL, p, base), comparison.difference(lines, p, base))).toList();
        print("%nAgainst %s, seed by seed: difference with 95 %% interval%n", baseline);
        TextTable<Row> table = new TextTable<Row>().column("policy", r -> r.policy().policy());
        if (base.blockedNanos().count() > 0) {
            table.column("removal, mean", r -> Figures.difference(Measure.Unit.NANOS, r.removal().mean(), r.removal().mean95()))
                    .column("median", r -> Figures.difference(Measure.Unit.NANOS, r.removal().median(), r.removal().median95()))
                    .column("shorter/same/longer", r -> signs(r.removal()));
        }
        table.column("log lines, mean", r -> Figures.difference(Measure.Unit.COUNT, Math.rint(r.lines().mean()), rounded(r.lines())))
                .column("fewer/same/more", r -> signs(r.lines()));
        table(table, rows);
    }

    private static Interval rounded(PairedDifference d) {
        return new Interval(Math.rint(d.mean95().low()), Math.rint(d.mean95().high()));
    }

    private static String signs(PairedDifference d) {
        return d.less() + "/" + d.equal() + "/" + d.more();
    }

    private void pareto(List<PolicySummary> policies) {
        Pareto pareto = Pareto.of(policies);
        List<String> safe = policies.stream().filter(p -> p.worst(Grade.FORBIDDEN).hits() == 0).map(PolicySummary::policy)
                .filter(pareto.best()::contains).toList();
        print("%nnot dominated: %s%n", String.join(", ", pareto.best()));
        if (safe.size() < pareto.best().size()) {
            print("  without a forbidden outcome: %s%n", safe.isEmpty() ? "none" : String.join(", ", safe));
        }
    }

    private void overall(Study study) {
        List<PolicySummary> overall = study.overall();
        String points = study.variedKeys().isEmpty() ? " scenarios" : " points";
        print("%s, every run counted once%n%n", Colours.bold("All " + study.comparisons().size() + points));
        tables(overall);
        if (study.variedKeys().isEmpty()) {
            map(study);
        }
        List<PolicySummary> everywhere = study.everywhere();
        if (everywhere.size() > 1) {
            pareto(everywhere);
        }
        if (!output.quiet) {
            print("%n");
            overall.forEach(p -> print("%s%n", Sentences.about(p)));
        }
        print("%n");
    }

    /** Policies x scenarios: the share of runs with a forbidden outcome, or an interesting one where none is forbidden. */
    private void map(Study study) {
        print("%nRuns with a forbidden outcome in %%; i: none, but an interesting one; .: neither; -: cannot be run there%n");
        TextTable<String> table = new TextTable<String>().column("policy", p -> p);
        List<String> legend = new ArrayList<>();
        for (Comparison comparison : study.comparisons()) {
            String number = "[" + (legend.size() + 1) + "]";
            legend.add(number + " " + comparison.scenario());
            table.column(number, policy -> comparison.find(policy).map(StudyReport::mark).orElse("-"));
        }
        table(table, study.policies());
        print("  %s%n", String.join("  ", legend));
    }

    private static String mark(PolicySummary policy) {
        Proportion forbidden = policy.worst(Grade.FORBIDDEN);
        return forbidden.hits() > 0 ? String.format(Locale.ROOT, "%.0f", Math.max(1, 100 * forbidden.rate()))
                : policy.worst(Grade.INTERESTING).hits() > 0 ? "i" : ".";
    }

    /** Each policy's clean rate and removal time from value to value. */
    private void trend(Study study) {
        record Point(Comparison comparison, PolicySummary policy) {}

        List<Point> rows = new ArrayList<>();
        for (String policy : study.policies()) {
            study.comparisons().forEach(c -> c.find(policy).ifPresent(found -> rows.add(new Point(c, found))));
        }
        print("%s%n", Colours.bold("Trend over " + String.join(", ", study.variedKeys())));
        TextTable<Point> table = new TextTable<Point>().column("policy", r -> r.policy().policy());
        if (study.scenarios().size() > 1) {
            table.column("scenario", r -> r.comparison().scenario());
        }
        study.variedKeys().forEach(key -> table.column(key, r -> r.comparison().varied().get(key)));
        table.column("clean, %", r -> Figures.percent(r.policy().clean()))
                .column("forbidden, %", r -> Figures.percent(r.policy().worst(Grade.FORBIDDEN)))
                .column("removal p50", r -> Figures.removal(r.policy(), 50)).column("max", r -> Figures.longest(r.policy()))
                .column("late unmaps", r -> Figures.count(r.policy().metric(Metrics.LATE_UNMAPS).mean()));
        table(table, rows);
        print("%n");
    }

    private <R> void table(TextTable<R> table, List<R> rows) {
        String gap = "";
        for (List<String> lines : table.blocks(rows, room)) {
            print("%s  %s%n", gap, Colours.bold(lines.getFirst()));
            lines.stream().skip(1).forEach(line -> print("  %s%n", line));
            gap = System.lineSeparator();
        }
    }

    private void print(String format, Object... args) {
        out.printf(Locale.ROOT, format, args);
    }
}
