package io.dmalab.core.run;

import io.dmalab.api.kernel.Grade;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Policies on the same scenario and the same seeds: the same seed gives every policy the same traffic and the same holder history.
 *
 * @param varied     what this point of a sweep sets in the scenario and the policies, in order of the keys; empty without a sweep
 * @param seeds      seeds that every policy has been run with
 * @param seedsAsked seeds that were asked for; more than {@code seeds} if the comparison was interrupted
 * @param policies   in the order asked for
 * @param leftOut    policies that cannot be run on this scenario, each with the reason
 * @param digest     digest over the digests of all runs, in order of seed and policy
 */
public record Comparison(
        String scenario,
        Map<String, String> varied,
        long firstSeed,
        int seeds,
        int seedsAsked,
        List<PolicySummary> policies,
        Map<String, String> leftOut,
        long digest) {

    public Comparison {
        varied = Collections.unmodifiableMap(new LinkedHashMap<>(varied));
        policies = List.copyOf(policies);
        leftOut = Collections.unmodifiableMap(new LinkedHashMap<>(leftOut));
    }

    /** Scenario, and what is set in it: {@code fd-holder, policy.cap=10s}. */
    public String title() {
        StringBuilder title = new StringBuilder(scenario);
        varied.forEach((key, value) -> title.append(", ").append(key).append('=').append(value));
        return title.toString();
    }

    /** Every run that was asked for has been made. */
    public boolean complete() {
        return seeds == seedsAsked;
    }

    /** Digest as users see it: 16 hex digits. */
    public String digestText() {
        return String.format(Locale.ROOT, "%016x", digest);
    }

    /** What one policy did. @throws IllegalArgumentException if it was not compared */
    public PolicySummary policy(String name) {
        return find(name).orElseThrow(() -> new IllegalArgumentException("policy " + name + " was not compared"));
    }

    /** What one policy did; empty if it was not compared, or cannot be run on this scenario. */
    public Optional<PolicySummary> find(String name) {
        return policies.stream().filter(p -> p.policy().equals(name)).findFirst();
    }

    /** The preferred policy if it is of that sort, else the first that is. @param preferred need not be among the policies */
    public Optional<PolicySummary> first(String preferred, Predicate<PolicySummary> sort) {
        return Stream.concat(find(preferred).stream(), policies.stream()).filter(sort).findFirst();
    }

    /** The worst grade that any policy had; {@link Grade#ACCEPTABLE} if nothing was found. */
    public Grade worst() {
        return policies.stream().flatMap(p -> p.kinds().stream()).map(kind -> kind.grade()).min(Grade::compareTo).orElse(Grade.ACCEPTABLE);
    }

    /**
     * Seeds on which a policy had drawn other random numbers than the first policy by the time the removal began: other arrivals, holders
     * or hold times, so that a paired difference is not the policies' doing alone.
     */
    public Proportion foreignHistories(PolicySummary policy) {
        PolicySummary first = policies.getFirst();
        int differ = 0;
        for (int run = 0; run < policy.runs(); run++) {
            differ += policy.history().value(run) == first.history().value(run) ? 0 : 1;
        }
        return new Proportion(differ, policy.runs());
    }

    /** How a policy differs from the baseline in a quantity, seed by seed. */
    public PairedDifference difference(Measure measure, PolicySummary policy, PolicySummary baseline) {
        return PairedDifference.of(measure.name(), measure.values(policy), measure.values(baseline));
    }
}
