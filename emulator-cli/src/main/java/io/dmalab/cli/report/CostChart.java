package io.dmalab.cli.report;

import io.dmalab.api.kernel.Metrics;
import io.dmalab.core.run.Comparison;
import io.dmalab.core.run.PolicySummary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What each policy costs and leaves behind: one small chart a quantity, those that are zero everywhere left out. */
final class CostChart {
    private static final int ROW = 20;
    private static final int FRAME = 80;
    private static final int COLUMNS = 2;

    private CostChart() {}

    /** @param id that the id of the chart begins with */
    static void write(Markup page, String id, Comparison comparison) {
        Map<String, ToDoubleFunction<PolicySummary>> costs = costs();
        costs.values().removeIf(cost -> comparison.policies().stream().allMatch(p -> cost.applyAsDouble(p) == 0));
        if (costs.isEmpty()) {
            page.leaf("p", "No policy cost anything that is measured here.");
            return;
        }
        List<Object> names = new ArrayList<>();
        List<Object> kinds = new ArrayList<>();
        List<Object> values = new ArrayList<>();
        costs.forEach((kind, cost) -> comparison.policies().reversed().forEach(policy -> {
            names.add(policy.policy());
            kinds.add(kind);
            values.add(cost.applyAsDouble(policy));
        }));
        Spec spec = new Spec()
                .layer("bar", Spec.of("policy", names, "kind", kinds, "value", values), Spec.of("x", "value", "y", "policy"), "stat",
                "identity",
                        "orientation", "y", "fill", Plot.SERIES.get(0), "color", Plot.SERIES.get(0), "width", 0.6)
                .set("facet", Spec.of("name", "wrap", "facets", List.of("kind"), "ncol", COLUMNS, "scales", "free_x", "order", List.of(1)))
                .scale("x", "name", "").scale("y", "name", "");
        int rows = (costs.size() + COLUMNS - 1) / COLUMNS;
        Plot plot = Plot.of(id + "costs", "What each policy costs and leaves behind", String.join("; ", costs.keySet()), spec, 860,
                rows * (FRAME + ROW * comparison.policies().size()));
        new Figure(plot, "Means over the runs; each quantity has a scale of its own. What is zero for every policy is left out.",
                table(comparison, costs)).write(page);
    }

    private static Table table(Comparison comparison, Map<String, ToDoubleFunction<PolicySummary>> costs) {
        List<String> heads = new ArrayList<>(List.of("policy"));
        heads.addAll(costs.keySet());
        Table table = Table.of("Costs", heads.toArray(String[]::new));
        for (PolicySummary policy : comparison.policies()) {
            List<String> row = new ArrayList<>(List.of(policy.policy()));
            costs.values().forEach(cost -> row.add(number(cost.applyAsDouble(policy))));
            table = table.row(row.toArray(String[]::new));
        }
        return table;
    }

    private static Map<String, ToDoubleFunction<PolicySummary>> costs() {
        Map<String, ToDoubleFunction<PolicySummary>> costs = new LinkedHashMap<>();
        costs.put("late unmaps", p -> p.metric(Metrics.LATE_UNMAPS).mean());
        costs.put("failed TCE calls", p -> p.metric(Metrics.FAILED_TCE_CALLS).mean());
        costs.put("dropped TCEs", p -> p.metric(Metrics.DROPPED_TCES).mean());
        costs.put("leaked TCEs", p -> p.metric(Metrics.LEAKED_TCES).mean());
        costs.put("poll rounds", p -> p.metric(Metrics.POLL_ROUNDS).mean());
        costs.put("log lines", p -> p.logLines().mean());
        costs.put("ns a packet", PolicySummary::hotPathNanosPerPacket);
        costs.put("bytes a page", p -> p.metric(Metrics.BYTES_PER_PAGE).max());
        return costs;
    }

    static String number(double value) {
        return String.format(Locale.ROOT, value == Math.rint(value) ? "%,.0f" : "%,.2f", value);
    }
}
