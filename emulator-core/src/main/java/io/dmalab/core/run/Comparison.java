package io.dmalab.core.run;

import io.dmalab.api.kernel.Grade;
import java.util.List;

/**
 * Policies on the same scenario and the same seeds: the same seed gives every policy the same traffic and the same holder history.
 *
 * @param seeds      seeds that every policy has been run with
 * @param seedsAsked seeds that were asked for; more than {@code seeds} if the comparison was interrupted
 * @param policies   in the order asked for
 * @param digest     digest over the digests of all runs, in order of seed and policy
 */
public record Comparison(String scenario, long firstSeed, int seeds, int seedsAsked, List<PolicySummary> policies, long digest) {
    public Comparison {
        policies = List.copyOf(policies);
    }

    /** Every run that was asked for has been made. */
    public boolean complete() {
        return seeds == seedsAsked;
    }

    /** Digest as users see it: 16 hex digits. */
    public String digestText() {
        return String.format(java.util.Locale.ROOT, "%016x", digest);
    }

    /** What one policy did. @throws IllegalArgumentException if it was not compared */
    public PolicySummary policy(String name) {
        return policies.stream().filter(p -> p.policy().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("policy " + name + " was not compared"));
    }

    /** The worst grade that any policy had; {@link Grade#ACCEPTABLE} if nothing was found. */
    public Grade worst() {
        return policies.stream().flatMap(p -> p.kinds().stream()).map(kind -> kind.grade()).min(Grade::compareTo).orElse(Grade.ACCEPTABLE);
    }
}
