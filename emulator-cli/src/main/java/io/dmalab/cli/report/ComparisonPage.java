package io.dmalab.cli.report;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Grade;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.core.run.Comparison;
import io.dmalab.core.run.PolicySummary;
import io.dmalab.core.run.Proportion;
import io.dmalab.core.run.Sentences;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The report of a comparison: verdicts, tables, removal times, mappings over time with a panel for each policy, costs. */
final class ComparisonPage {
    private ComparisonPage() {}

    /** @param shown one run of each policy, in the comparison's order, all with its first seed; empty if the comparison was interrupted */
    static String of(Comparison comparison, List<Shown> shown, Facts facts) {
        Page page = new Page(comparison.scenario() + ": " + comparison.policies().size() + " policies, "
                + seeds(comparison), facts);
        contents(page);
        page.section("verdicts", "Verdicts");
        verdicts(page, comparison);
        page.section("outcomes", "Outcomes");
        outcomes(comparison).write(page.markup);
        comparison.leftOut().forEach((policy, reason) -> page.markup.leaf("p", "Left out: " + policy + " (" + reason + ")"));
        page.section("removal", "How long the removal was blocked");
        RemovalCharts.write(page.markup, "", comparison);
        page.section("mappings", "Mappings over time");
        panels(page, "", comparison, shown);
        page.section("costs", "Costs");
        CostChart.write(page.markup, "", comparison);
        return page.finish();
    }

    static String seeds(Comparison comparison) {
        return comparison.seeds() == 1 ? "1 seed" : comparison.seeds() + " seeds";
    }

    private static void contents(Page page) {
        page.markup.open("nav", "aria-label", "Contents").open("ul");
        String[] sections = {"verdicts", "Verdicts", "outcomes", "Outcomes", "removal", "Removal time", "mappings", "Mappings over time",
            "costs", "Costs", "reproduce", "To reproduce"};
        for (int i = 0; i < sections.length; i += 2) {
            page.markup.open("li").leaf("a", sections[i + 1], "href", "#" + sections[i]).close();
        }
        page.markup.close().close();
    }

    static void verdicts(Page page, Comparison comparison) {
        page.markup.open("ul", "class", "verdicts");
        for (PolicySummary policy : comparison.policies()) {
            Grade worst = policy.kinds().stream().map(FindingKind::grade).min(Grade::compareTo).orElse(Grade.ACCEPTABLE);
            page.markup.open("li");
            grade(page.markup, worst);
            page.markup.text(" " + Sentences.about(policy)).close();
        }
        page.markup.close();
    }

    /** The worst that was found, as a word: colour only repeats it. */
    static void grade(Markup page, Grade worst) {
        switch (worst) {
            case FORBIDDEN -> page.leaf("span", "FORBIDDEN", "class", "forbidden");
            case INTERESTING -> page.leaf("span", "INTERESTING", "class", "interesting");
            case ACCEPTABLE -> page.leaf("span", "CLEAN", "class", "clean");
        }
    }

    static Table outcomes(Comparison comparison) {
        List<FindingKind> kinds = comparison.policies().stream().flatMap(p -> p.kinds().stream()).distinct().sorted().toList();
        List<String> heads = new ArrayList<>(List.of("policy", "clean"));
        kinds.forEach(kind -> heads.add(kind.toString()));
        heads.addAll(List.of("unfinished", "refused", "late unmaps"));
        Table table = Table.of("% of " + comparison.seeds() + " runs with 95 % interval; removals and late unmaps as numbers",
                heads.toArray(String[]::new));
        for (PolicySummary policy : comparison.policies()) {
            List<String> row = new ArrayList<>(List.of(policy.policy(), interval(policy.clean())));
            kinds.forEach(kind -> row.add(interval(policy.found(kind))));
            row.add(Integer.toString(policy.unfinished()));
            row.add(Integer.toString(policy.refused()));
            row.add(CostChart.number(policy.metric(Metrics.LATE_UNMAPS).mean()));
            table = table.row(row.toArray(String[]::new));
        }
        return table;
    }

    private static String interval(Proportion p) {
        return String.format(Locale.ROOT, "%.0f (%.0f..%.0f)", 100 * p.rate(), 100 * p.low(), 100 * p.high());
    }

    /** @param id that the ids of the charts begin with */
    static void panels(Page page, String id, Comparison comparison, List<Shown> shown) {
        if (shown.isEmpty()) {
            page.markup.leaf("p", "The comparison was interrupted after " + comparison.seeds() + " of " + comparison.seedsAsked()
                    + " seeds; no run was made again to count its mappings.");
            return;
        }
        String which = shown.size() == comparison.policies().size() ? "One run of each policy, seed " + comparison.firstSeed()
                + ": the same traffic and holders for all of them." : "One run that did harm, seed " + comparison.firstSeed() + ".";
        page.markup.leaf("p", which + " Live "
                + "streaming mappings of the removed device, counted at each map and unmap of the run.");
        long end = 0;
        for (Shown run : shown) {
            end = run.result().removals().isEmpty() ? end : Math.max(end, Panel.end(run.result(), run.timeline()));
        }
        for (int i = 0; i < shown.size(); i++) {
            Shown run = shown.get(i);
            page.markup.leaf("h3", run.result().policy());
            Panel.write(page.markup, id + "panel" + (i + 1), run.result(), run.timeline(), end);
            RunPage.race(page, run);
            page.markup.open("p").text("Replay: ").leaf("code", "dmalab replay " + run.token()).close();
        }
    }
}
