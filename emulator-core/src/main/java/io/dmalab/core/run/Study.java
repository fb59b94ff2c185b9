package io.dmalab.core.run;

import io.dmalab.api.kernel.Grade;
import io.dmalab.core.time.StreamDigest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Comparisons of the same policies on several scenarios, or on one scenario with several values of something in it.
 *
 * @param comparisons one a point, in the order asked for; at least one
 */
public record Study(List<Comparison> comparisons) {
    public Study {
        comparisons = List.copyOf(comparisons);
        if (comparisons.isEmpty()) {
            throw new IllegalArgumentException("a study has at least one comparison");
        }
    }

    /** Scenarios, each once. */
    public List<String> scenarios() {
        return comparisons.stream().map(Comparison::scenario).distinct().toList();
    }

    /** Keys that the points set, in order; empty without a sweep. */
    public List<String> variedKeys() {
        return comparisons.stream().flatMap(c -> c.varied().keySet().stream()).distinct().toList();
    }

    /** Names of the policies, in the order asked for. */
    public List<String> policies() {
        return comparisons.stream().flatMap(c -> c.policies().stream()).map(PolicySummary::policy).distinct().toList();
    }

    /**
     * Each policy over all comparisons in which it could be run. Each run counts once, so that a scenario weighs as much as any other.
     * Rates of it are rates over this choice of scenarios, of nothing else.
     */
    public List<PolicySummary> overall() {
        Map<String, PolicySummary> sums = new LinkedHashMap<>();
        for (Comparison comparison : comparisons) {
            for (PolicySummary policy : comparison.policies()) {
                sums.computeIfAbsent(policy.policy(), PolicySummary::new).addAll(policy);
            }
        }
        return List.copyOf(sums.values());
    }

    /** Those of {@link #overall} that were run on every scenario: only these can be held against each other. */
    public List<PolicySummary> everywhere() {
        return overall().stream().filter(p -> comparisons.stream().allMatch(c -> c.find(p.policy()).isPresent())).toList();
    }

    /** Every run that was asked for has been made. */
    public boolean complete() {
        return comparisons.stream().allMatch(Comparison::complete);
    }

    /** Runs of all policies on all scenarios. */
    public int runs() {
        return comparisons.stream().flatMap(c -> c.policies().stream()).mapToInt(PolicySummary::runs).sum();
    }

    /** The worst grade that any policy had. */
    public Grade worst() {
        return comparisons.stream().map(Comparison::worst).min(Grade::compareTo).orElse(Grade.ACCEPTABLE);
    }

    /** Digest over the digests of all runs, as users see it; of a single comparison that one's own. */
    public String digestText() {
        if (comparisons.size() == 1) {
            return comparisons.getFirst().digestText();
        }
        StreamDigest digest = new StreamDigest();
        comparisons.forEach(comparison -> digest.mix(comparison.digest()));
        return String.format(Locale.ROOT, "%016x", digest.value());
    }
}
