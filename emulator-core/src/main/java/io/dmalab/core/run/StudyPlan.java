package io.dmalab.core.run;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a study is to run: each point's policies on each seed.
 *
 * @param points    at least one: a scenario, or a scenario with some of its values set
 * @param seeds     at least 1; they count up from the seed of each point's requests
 * @param leavesOut a policy that refuses a scenario is left out there; else it fails the study
 */
public record StudyPlan(List<Point> points, int seeds, boolean leavesOut) {
    public StudyPlan {
        points = List.copyOf(points);
        if (points.isEmpty() || seeds < 1) {
            throw new IllegalArgumentException("at least one scenario and one seed are needed");
        }
    }

    /** @param varied what is set in the scenario and the policies, by key */
    public record Point(Map<String, String> varied, List<Contender> contenders) {
        public Point {
            varied = Collections.unmodifiableMap(new LinkedHashMap<>(varied));
            contenders = List.copyOf(contenders);
            if (contenders.isEmpty()) {
                throw new IllegalArgumentException("at least one policy is needed");
            }
        }
    }

    /**
     * A policy on a scenario.
     *
     * @param name    as tables show it: the same at every point of a sweep
     * @param request with the policy as it is run, and the first seed
     */
    public record Contender(String name, RunRequest request) {}

    /** Policies on one scenario, under their own names. */
    public static StudyPlan of(List<RunRequest> requests, int seeds) {
        return new StudyPlan(List.of(new Point(Map.of(), requests.stream().map(r -> new Contender(r.policyName(), r)).toList())), seeds,
                false);
    }
}
