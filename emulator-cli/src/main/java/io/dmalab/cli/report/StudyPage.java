package io.dmalab.cli.report;

import io.dmalab.api.kernel.Grade;
import io.dmalab.core.run.Comparison;
import io.dmalab.core.run.PolicySummary;
import io.dmalab.core.run.Proportion;
import io.dmalab.core.run.Study;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The report of a study: of one comparison in full, of several a map of the outcomes and a part for each. */
public final class StudyPage {
    private StudyPage() {}

    /** @param shown for each comparison one run of each policy, as {@link ComparisonPage} takes them; an empty list leaves the panels out */
    public static String of(Study study, List<List<Shown>> shown, Facts facts) {
        Comparison first = study.comparisons().getFirst();
        if (study.comparisons().size() == 1) {
            return ComparisonPage.of(first, shown.getFirst(), facts);
        }
        Page page = new Page(study.comparisons().size() + (study.variedKeys().isEmpty() ? " scenarios, " : " points of a sweep, ")
                + study.policies().size() + " policies, " + ComparisonPage.seeds(first), facts);
        contents(page, study);
        page.section("overview", "Where each policy did harm");
        overview(study).write(page.markup);
        page.markup.leaf("p", "A dash: the policy cannot be run there. The intervals stand in each part's own table.");
        for (int i = 0; i < study.comparisons().size(); i++) {
            part(page, "part" + (i + 1), study.comparisons().get(i), shown.get(i));
        }
        return page.finish();
    }

    private static void contents(Page page, Study study) {
        page.markup.open("nav", "aria-label", "Contents").open("ul");
        page.markup.open("li").leaf("a", "Where each policy did harm", "href", "#overview").close();
        for (int i = 0; i < study.comparisons().size(); i++) {
            page.markup.open("li").leaf("a", study.comparisons().get(i).title(), "href", "#part" + (i + 1)).close();
        }
        page.markup.open("li").leaf("a", "To reproduce", "href", "#reproduce").close();
        page.markup.close().close();
    }

    private static Table overview(Study study) {
        List<String> heads = new ArrayList<>(List.of("policy"));
        study.comparisons().forEach(comparison -> heads.add(comparison.title()));
        Table table = Table.of("% of runs with a forbidden outcome", heads.toArray(String[]::new));
        for (String policy : study.policies()) {
            List<String> row = new ArrayList<>(List.of(policy));
            study.comparisons().forEach(comparison -> row.add(harm(comparison.find(policy))));
            table = table.row(row.toArray(String[]::new));
        }
        return table;
    }

    private static String harm(Optional<PolicySummary> policy) {
        return policy.map(p -> p.worst(Grade.FORBIDDEN)).map(Proportion::rate).map(rate -> String.format(Locale.ROOT, "%.0f", 100 * rate))
                .orElse("-");
    }

    private static void part(Page page, String id, Comparison comparison, List<Shown> shown) {
        page.section(id, comparison.title());
        ComparisonPage.verdicts(page, comparison);
        ComparisonPage.outcomes(comparison).write(page.markup);
        comparison.leftOut().forEach((policy, reason) -> page.markup.leaf("p", "Left out: " + policy + " (" + reason + ")"));
        RemovalCharts.write(page.markup, id + "-", comparison);
        if (!shown.isEmpty()) {
            ComparisonPage.panels(page, id + "-", comparison, shown);
        }
        CostChart.write(page.markup, id + "-", comparison);
    }
}
