package io.dmalab.core.run;

import java.util.Arrays;

/**
 * How much more of a quantity a policy had than the baseline, seed by seed: the same seed gives both the same traffic and holders, so
 * what differs is the policies' doing.
 *
 * @param measure  name of the quantity
 * @param pairs    seeds that both were run with, at least 1
 * @param mean     of the differences policy - baseline
 * @param mean95   Student's interval of the mean
 * @param median   of the differences
 * @param median95 interval of the median that assumes nothing about the differences' distribution
 * @param less     seeds on which the policy had less than the baseline
 * @param equal    seeds on which it had as much
 * @param more     seeds on which it had more
 */
public record PairedDifference(
        String measure, int pairs, double mean, Interval mean95, double median, Interval median95, int less, int equal, int more) {

    /** @param policy   value of each run, in order of seed @param baseline likewise, of the same length */
    static PairedDifference of(String measure, double[] policy, double[] baseline) {
        if (policy.length != baseline.length || policy.length == 0) {
            throw new IllegalArgumentException(policy.length + " runs cannot be paired with " + baseline.length);
        }
        double[] differences = new double[policy.length];
        Arrays.setAll(differences, i -> policy[i] - baseline[i]);
        Arrays.sort(differences);
        return new PairedDifference(measure, differences.length, Arrays.stream(differences).sum() / differences.length,
                Estimates.mean(differences), Estimates.median(differences), Estimates.medianInterval(differences),
                (int) Arrays.stream(differences).filter(d -> d < 0).count(), (int) Arrays.stream(differences).filter(d -> d == 0).count(),
                (int) Arrays.stream(differences).filter(d -> d > 0).count());
    }
}
