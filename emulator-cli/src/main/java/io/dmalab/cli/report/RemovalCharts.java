package io.dmalab.cli.report;

import io.dmalab.core.run.Comparison;
import io.dmalab.core.run.PolicySummary;
import io.dmalab.core.run.Sentences;
import io.dmalab.core.run.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How long removers were blocked: as ranges for any number of policies, as distributions for a few. */
final class RemovalCharts {
    private static final int WIDTH = 860;
    private static final int ROW = 26;
    private static final int FRAME = 70;
    private static final double MICROSECOND = 1e-6;

    private RemovalCharts() {}

    /** @param id that the ids of the charts begin with */
    static void write(Markup page, String id, Comparison comparison) {
        List<PolicySummary> removing = comparison.policies().stream().filter(p -> p.blockedNanos().count() > 0).toList();
        if (removing.isEmpty()) {
            page.leaf("p", "Nothing was removed.");
            return;
        }
        ranges(id, removing).write(page);
        if (removing.size() <= Plot.SERIES.size()) {
            distribution(id, removing).write(page);
        }
    }

    private static Figure ranges(String id, List<PolicySummary> policies) {
        List<Object> names = new ArrayList<>();
        List<Object> middles = new ArrayList<>();
        List<Object> lasts = new ArrayList<>();
        List<Object> longest = new ArrayList<>();
        Table table = Table.of("How long the removal was blocked", "policy", "p50", "p99", "longest", "removals");
        for (PolicySummary policy : policies) {
            Spread blocked = policy.blockedNanos();
            // the axis of names begins below
            names.add(0, policy.policy());
            middles.add(0, seconds(blocked.percentile(50)));
            lasts.add(0, seconds(blocked.percentile(99)));
            longest.add(0, seconds(blocked.max()));
            table = table.row(policy.policy(), Sentences.seconds(blocked.percentile(50)), Sentences.seconds(blocked.percentile(99)),
                    Sentences.seconds(blocked.max()), Long.toString(blocked.count()));
        }
        Map<String, Object> data = Spec.of("policy", names, "p50", middles, "p99", lasts, "max", longest);
        Spec spec = new Spec()
                .layer("segment", data, Spec.of("x", "p50", "xend", "max", "y", "policy", "yend", "policy"), "color", Plot.FOREGROUND,
                "size", 1.0)
                .layer("point", data, Spec.of("x", "p50", "y", "policy"), "shape", 19, "size", 4, "color", Plot.SERIES.get(0))
                .layer("point", data, Spec.of("x", "p99", "y", "policy"), "shape", 0, "size", 4, "color", Plot.SERIES.get(1))
                .layer("point", data, Spec.of("x", "max", "y", "policy"), "shape", 4, "size", 4, "color", Plot.FOREGROUND)
                .scale("x", "name", "seconds, logarithmic", "trans", "log10")
                .scale("y", "name", "");
        Plot plot = Plot.of(id + "removal-ranges", "How long the removal was blocked, by policy", sentence(policies), spec, WIDTH,
                FRAME + ROW * policies.size());
        return new Figure(plot, "Filled circle: half of the removals were back by then. Square: 99 %. Cross: the longest.", table);
    }

    private static Figure distribution(String id, List<PolicySummary> policies) {
        Spec spec = new Spec();
        Table table = Table.of("Removals that were back, % by time", "policy", "10 %", "25 %", "50 %", "75 %", "90 %", "100 %");
        for (int i = 0; i < policies.size(); i++) {
            Spread blocked = policies.get(i).blockedNanos();
            List<Object> times = new ArrayList<>();
            List<Object> shares = new ArrayList<>();
            times.add(seconds(blocked.percentile(0)));
            shares.add(0.0);
            for (int n = 1; n <= Math.min(100, blocked.count()); n++) {
                double percent = 100.0 * n / Math.min(100, blocked.count());
                times.add(seconds(blocked.percentile(percent)));
                shares.add(percent);
            }
            spec.layer("step", Spec.of("t", times, "n", shares), Spec.of("x", "t", "y", "n"), "color", Plot.SERIES.get(i), "linetype",
                    Plot.LINES.get(i), "size", 1.3);
            List<String> row = new ArrayList<>(List.of(policies.get(i).policy()));
            for (double percent : new double[] {10, 25, 50, 75, 90, 100}) {
                row.add(Sentences.seconds(blocked.percentile(percent)));
            }
            table = table.row(row.toArray(String[]::new));
        }
        spec.scale("x", "name", "seconds, logarithmic", "trans", "log10").scale("y", "name", "% of removals back");
        Plot plot = Plot.of(id + "removal-distribution", "Share of removals that were back, over time", sentence(policies), spec, WIDTH, 300);
        return new Figure(plot, "Distribution: how many of the removals were back after that time.", table)
                .withLegend(policies.stream().map(PolicySummary::policy).toList());
    }

    private static String sentence(List<PolicySummary> policies) {
        List<String> parts = new ArrayList<>();
        policies.forEach(p -> parts.add(String.format(Locale.ROOT, "%s %s in the middle, %s at most", p.policy(),
                Sentences.seconds(p.blockedNanos().percentile(50)), Sentences.seconds(p.blockedNanos().max()))));
        return String.join("; ", parts) + ".";
    }

    /** A logarithmic axis has no place for nothing. */
    private static double seconds(long nanos) {
        return Math.max(MICROSECOND, nanos / 1e9);
    }
}
