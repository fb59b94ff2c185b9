package io.dmalab.core.run;

import java.util.List;

/**
 * Policies on the same scenario and the same seeds: the same seed gives every policy the same traffic and the same holder history.
 *
 * @param policies in the order asked for
 * @param digest   digest over the digests of all runs, in order of seed and policy
 */
public record Comparison(String scenario, long firstSeed, int seeds, List<PolicySummary> policies, long digest) {
    public Comparison {
        policies = List.copyOf(policies);
    }
}
