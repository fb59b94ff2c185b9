package io.dmalab.cli.report;

import io.dmalab.core.explore.Step;
import io.dmalab.core.explore.Verdict;
import io.dmalab.core.run.Exploration;
import io.dmalab.core.run.Shortness;
import io.dmalab.core.run.Violation;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** The report of explorations: a table, then each violation as a diagram and step by step. */
public final class ExplorationPage {
    private ExplorationPage() {}

    /**
     * One exploration.
     *
     * @param verdict as it is to be shown, with what it is limited to
     * @param diagram draws a violation
     * @param token   what replays it, empty if nothing can
     */
    public record Shown(Exploration exploration, String verdict, Function<Violation, List<String>> diagram, Function<Violation, String> token) {}

    /** @param shown at least one */
    public static String of(List<Shown> shown, Facts facts) {
        Exploration first = shown.getFirst().exploration();
        String title = shown.size() == 1 ? first.scenario() + ", policy " + first.policy() : shown.size() + " explorations";
        Page page = new Page("Every interleaving: " + title, facts);
        page.section("verdicts", "Verdicts");
        Table table = Table.of("What exploring found", "world", "policy", "verdict", "executions", "steps", "longest", "not looked at");
        for (Shown one : shown) {
            Exploration e = one.exploration();
            table = table.row(e.scenario(), e.policy(), one.verdict(), String.format(Locale.ROOT, "%,d", e.executions()),
                    String.format(Locale.ROOT, "%,d", e.steps()), String.format(Locale.ROOT, "%,d", e.longest()), e.missing());
        }
        table.write(page.markup);
        page.markup.leaf("p", "Search: " + first.guarantee() + ". SAFE says that no interleaving within the bounds does harm; they stand below.");
        page.section("violations", "Violations");
        if (shown.stream().allMatch(one -> one.exploration().verdict() != Verdict.VIOLATION)) {
            page.markup.leaf("p", "None.");
        }
        shown.forEach(one -> one.exploration().violations().forEach(violation -> violation(page, one, violation)));
        return page.finish();
    }

    private static void violation(Page page, Shown one, Violation violation) {
        Exploration exploration = one.exploration();
        page.markup.leaf("h3", exploration.scenario() + ", policy " + exploration.policy() + ": " + violation.finding().kind());
        page.markup.leaf("p", String.format(Locale.ROOT, "%s, in %s. %d steps, %d changes of context%s. Time runs downwards, a column is a context.",
                violation.finding().detail(), violation.finding().where(), violation.steps().size(), violation.switches(),
                violation.shortness() == Shortness.AS_FOUND ? "" : "; " + violation.shortness()));
        page.code(String.join("\n", one.diagram().apply(violation)));
        page.markup.open("details").leaf("summary", "All steps");
        Table steps = Table.of("The schedule, step by step", "step", "CPU", "context", "function", "does");
        for (int i = 0; i < violation.steps().size(); i++) {
            Step step = violation.steps().get(i);
            steps = steps.row(Integer.toString(i + 1), Integer.toString(step.cpu()), exploration.names().contextName(step.context()),
                    step.function(), step.action().isEmpty() ? "begins, or goes on after a sleep" : step.action());
        }
        steps.writeWords(page.markup);
        page.markup.close();
        String token = one.token().apply(violation);
        if (!token.isEmpty()) {
            page.markup.leaf("p", "This schedule again:");
            page.code("dmalab replay " + token);
        }
    }
}
