package io.dmalab.cli;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Grade;
import io.dmalab.core.run.Comparison;
import io.dmalab.core.run.Interval;
import io.dmalab.core.run.Measure;
import io.dmalab.core.run.PairedDifference;
import io.dmalab.core.run.Pareto;
import io.dmalab.core.run.PolicySummary;
import io.dmalab.core.run.Proportion;
import io.dmalab.core.run.Quantile;
import io.dmalab.core.run.Sentences;
import io.dmalab.core.run.Spread;
import io.dmalab.core.run.Study;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A study as JSON: of one comparison the object {@code comparison}, of several {@code study}, which holds them. docs/json.md describes
 * both.
 */
final class StudyJson {
    private StudyJson() {}

    static ObjectNode of(Study study, String baseline) {
        if (study.comparisons().size() == 1) {
            return fill(Json.object("comparison"), study.comparisons().getFirst(), baseline);
        }
        ObjectNode node = Json.object("study");
        node.put("baseline", baseline).put("runs", study.runs()).put("complete", study.complete()).put("digest", study.digestText());
        ArrayNode keys = node.putArray("varied");
        study.variedKeys().forEach(keys::add);
        ArrayNode comparisons = node.putArray("comparisons");
        study.comparisons().forEach(comparison -> fill(comparisons.addObject(), comparison, baseline));
        ArrayNode overall = node.putArray("overall");
        study.overall().forEach(policy -> policy(overall.addObject(), policy));
        pareto(node.putObject("pareto"), Pareto.of(study.everywhere()));
        return node;
    }

    private static ObjectNode fill(ObjectNode node, Comparison comparison, String baseline) {
        node.put("scenario", comparison.scenario());
        ObjectNode varied = node.putObject("varied");
        comparison.varied().forEach(varied::put);
        node.put("firstSeed", comparison.firstSeed()).put("seeds", comparison.seeds());
        node.put("seedsAsked", comparison.seedsAsked()).put("complete", comparison.complete()).put("digest", comparison.digestText());
        node.put("baseline", baseline);
        ArrayNode policies = node.putArray("policies");
        for (PolicySummary policy : comparison.policies()) {
            ObjectNode one = policy(policies.addObject(), policy);
            one.put("otherHistories", comparison.foreignHistories(policy).hits());
            ArrayNode differences = one.putArray("differences");
            comparison.find(baseline).filter(base -> base != policy).ifPresent(base -> measures(List.of(policy, base))
                    .forEach(m -> difference(differences.addObject(), comparison.difference(m, policy, base))));
        }
        ObjectNode leftOut = node.putObject("leftOut");
        comparison.leftOut().forEach(leftOut::put);
        pareto(node.putObject("pareto"), Pareto.of(comparison.policies()));
        return node;
    }

    /** Every quantity that is not the same in all runs of these policies. */
    private static List<Measure> measures(List<PolicySummary> policies) {
        return Measure.names(policies).stream().map(Measure::of)
                .filter(m -> policies.stream().anyMatch(p -> m.max(p) > 0)).toList();
    }

    private static ObjectNode policy(ObjectNode node, PolicySummary policy) {
        node.put("policy", policy.policy()).put("command", policy.command()).put("runs", policy.runs());
        proportion(node.putObject("clean"), policy.clean());
        ObjectNode grades = node.putObject("worstGrade");
        for (Grade grade : Grade.values()) {
            proportion(grades.putObject(grade.name().toLowerCase(Locale.ROOT)), policy.worst(grade));
        }
        ObjectNode findings = node.putObject("findings");
        for (FindingKind kind : policy.kinds()) {
            proportion(findings.putObject(kind.toString()).put("grade", kind.grade().name()), policy.found(kind));
        }
        spread(node.putObject("removalBlockedNanos"), policy.blockedNanos());
        if (policy.runs() > 0) {
            ObjectNode longest = node.putObject("longestRemovalNanos");
            quantile(longest.putObject("p50"), policy.longestRemoval().quantile(50), policy.cutOff(50));
            quantile(longest.putObject("p99"), policy.longestRemoval().quantile(99), policy.cutOff(99));
            longest.put("max", policy.longestRemoval().max()).put("maxIsLowerBound", policy.cutOff(100));
        }
        node.put("removalsUnfinished", policy.unfinished()).put("removalsRefused", policy.refused());
        node.put("removalsDirectMapped", policy.directMapped());
        spread(node.putObject("mappedAfterRemoval"), policy.mappedAfter());
        spread(node.putObject("logLines"), policy.logLines());
        node.put("hotPathNanosPerPacket", policy.hotPathNanosPerPacket());
        ObjectNode metrics = node.putObject("metrics");
        policy.metricNames().forEach(name -> spread(metrics.putObject(name), policy.metric(name)));
        return node.put("sentence", Sentences.about(policy));
    }

    private static void proportion(ObjectNode node, Proportion p) {
        node.put("hits", p.hits()).put("runs", p.runs()).put("rate", p.rate()).put("low95", p.low()).put("high95", p.high());
    }

    private static void spread(ObjectNode node, Spread spread) {
        node.put("mean", spread.mean()).put("p50", spread.percentile(50)).put("p99", spread.percentile(99)).put("max", spread.max());
    }

    private static void quantile(ObjectNode node, Quantile q, boolean cutOff) {
        node.put("value", q.value());
        q.low().ifPresent(low -> node.put("low95", low));
        q.high().ifPresent(high -> node.put("high95", high));
        node.put("lowerBound", cutOff);
    }

    private static void difference(ObjectNode node, PairedDifference d) {
        node.put("measure", d.measure()).put("pairs", d.pairs());
        interval(node.putObject("mean").put("value", d.mean()), d.mean95());
        interval(node.putObject("median").put("value", d.median()), d.median95());
        node.put("less", d.less()).put("equal", d.equal()).put("more", d.more());
    }

    private static void interval(ObjectNode node, Interval interval) {
        if (Double.isFinite(interval.low())) {
            node.put("low95", interval.low());
        }
        if (Double.isFinite(interval.high())) {
            node.put("high95", interval.high());
        }
    }

    private static void pareto(ObjectNode node, Pareto pareto) {
        ArrayNode criteria = node.putArray("criteria");
        pareto.criteria().forEach(criteria::add);
        ArrayNode best = node.putArray("notDominated");
        pareto.best().forEach(best::add);
        ObjectNode dominated = node.putObject("dominatedBy");
        pareto.dominatedBy().forEach(dominated::put);
    }
}
