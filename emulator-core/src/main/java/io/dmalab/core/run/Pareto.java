package io.dmalab.core.run;

import io.dmalab.api.kernel.Grade;
import io.dmalab.api.kernel.Metrics;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Which policies no other one dominates: none is at least as good by every criterion and better by one. Less is better by every
 * criterion; the figures are compared as they are, without their intervals.
 *
 * @param criteria    what was compared
 * @param best        policies that are not dominated, in the order of the comparison; policies with equal figures all are
 * @param dominatedBy for each other policy the first one that dominates it
 */
public record Pareto(List<String> criteria, List<String> best, Map<String, String> dominatedBy) {
    private record Criterion(String name, ToDoubleFunction<PolicySummary> figure) {}

    private static final List<Criterion> CRITERIA = List.of(
            new Criterion("runs with a forbidden outcome", p -> p.worst(Grade.FORBIDDEN).rate()),
            new Criterion("runs with an interesting one", p -> p.worst(Grade.INTERESTING).rate() + p.worst(Grade.FORBIDDEN).rate()),
            new Criterion("devices not removed", p -> p.notRemoved().rate()),
            new Criterion("removal time (p50)", p -> p.longestRemoval().percentile(50)),
            new Criterion("removal time (p99)", p -> p.longestRemoval().percentile(99)),
            of("collateral tasks", Metrics.COLLATERAL_TASKS),
            of("leaked TCEs", Metrics.LEAKED_TCES),
            of("lost entries", "lost_entries"),
            of("zombie memory", "zombie_bytes_peak"),
            of("bytes a page", Metrics.BYTES_PER_PAGE),
            of("ns a packet", Measure.HOT_PATH_NS_PER_PACKET),
            of("log lines", Measure.LOG_LINES));

    public Pareto {
        criteria = List.copyOf(criteria);
        best = List.copyOf(best);
        dominatedBy = Collections.unmodifiableMap(new LinkedHashMap<>(dominatedBy));
    }

    private static Criterion of(String name, String measure) {
        return new Criterion(name, Measure.of(measure)::mean);
    }

    /** @param policies that were run on the same scenarios and seeds */
    public static Pareto of(List<PolicySummary> policies) {
        List<double[]> figures = policies.stream()
                .map(policy -> CRITERIA.stream().mapToDouble(criterion -> criterion.figure.applyAsDouble(policy)).toArray()).toList();
        List<String> best = new ArrayList<>();
        Map<String, String> dominated = new LinkedHashMap<>();
        for (int i = 0; i < figures.size(); i++) {
            double[] own = figures.get(i);
            int by = -1;
            for (int j = 0; j < figures.size() && by < 0; j++) {
                by = dominates(figures.get(j), own) ? j : -1;
            }
            if (by < 0) {
                best.add(policies.get(i).policy());
            } else {
                dominated.put(policies.get(i).policy(), policies.get(by).policy());
            }
        }
        return new Pareto(CRITERIA.stream().map(Criterion::name).toList(), best, dominated);
    }

    static boolean dominates(double[] one, double[] other) {
        boolean better = false;
        for (int i = 0; i < one.length; i++) {
            if (one[i] > other[i]) {
                return false;
            }
            better |= one[i] < other[i];
        }
        return better;
    }
}
