package io.dmalab.core.run;

import io.dmalab.core.time.StreamDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** One comparison while its runs come in, in order of seed and policy. */
public final class Tally {
    private final StudyPlan.Point point;
    private final List<PolicySummary> summaries;
    private final Map<Integer, String> leftOut = new LinkedHashMap<>();

    /** @param model what {@code Emulator.model()} says, for tokens; asked when one is wanted */
    public Tally(StudyPlan.Point point, Supplier<String> model) {
        this.point = point;
        this.summaries = point.contenders().stream().map(c -> new PolicySummary(c.name(), c.request().policyName(),
                Optional.of((seed, digest) -> RunToken.of(c.request(), seed, digest, model.get())))).toList();
    }

    /** A run of a contender, by its number. */
    public void add(int contender, Sample sample) {
        if (!leftOut.containsKey(contender)) {
            summaries.get(contender).add(sample);
        }
    }

    /** A contender cannot be run on this scenario. */
    public void leaveOut(int contender, String reason) {
        leftOut.putIfAbsent(contender, reason);
    }

    /** What has come in; empty if every contender was left out. */
    public Optional<Comparison> comparison(int seeds, int seedsAsked) {
        RunRequest first = point.contenders().getFirst().request();
        List<PolicySummary> in = new ArrayList<>();
        Map<String, String> out = new LinkedHashMap<>();
        for (int i = 0; i < summaries.size(); i++) {
            if (leftOut.containsKey(i)) {
                out.put(summaries.get(i).policy(), leftOut.get(i));
            } else {
                in.add(summaries.get(i));
            }
        }
        return in.isEmpty() ? Optional.empty()
                : Optional.of(new Comparison(first.scenario().id(), point.varied(), first.seed(), seeds, seedsAsked,
                in, out, digest(in, seeds)));
    }

    private static long digest(List<PolicySummary> policies, int seeds) {
        StreamDigest digest = new StreamDigest();
        for (int seed = 0; seed < seeds; seed++) {
            for (PolicySummary policy : policies) {
                digest.mix(policy.digests().value(seed));
            }
        }
        return digest.value();
    }
}
