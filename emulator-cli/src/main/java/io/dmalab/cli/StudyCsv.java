package io.dmalab.cli;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.core.run.Comparison;
import io.dmalab.core.run.PolicySummary;
import io.dmalab.core.run.Study;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvSchema;

/** Every run of a study as a line of comma-separated values: the form that R, pandas and spreadsheets take. */
final class StudyCsv {
    private static final List<String> FIRST = List.of("policy", "seed", "digest", "worst", "virtual_ns", "removal_blocked_ns",
            "removal_never_returned",
            "log_lines");

    private StudyCsv() {}

    static String text(Study study) {
        Set<FindingKind> kinds = new TreeSet<>();
        Set<String> metrics = new TreeSet<>();
        study.overall().forEach(policy -> {
            kinds.addAll(policy.kinds());
            metrics.addAll(policy.metricNames());
        });
        List<String> head = new ArrayList<>(List.of("scenario"));
        head.addAll(study.variedKeys());
        head.addAll(FIRST);
        kinds.forEach(kind -> head.add("found_" + kind.toString().replace('-', '_')));
        head.addAll(metrics);
        CsvSchema.Builder schema = CsvSchema.builder().setUseHeader(true).setLineSeparator('\n');
        head.forEach(schema::addColumn);
        List<List<Object>> rows = new ArrayList<>();
        for (Comparison comparison : study.comparisons()) {
            for (PolicySummary policy : comparison.policies()) {
                for (int run = 0; run < policy.runs(); run++) {
                    rows.add(row(study, comparison, policy, run, kinds, metrics));
                }
            }
        }
        return new CsvMapper().writer(schema.build()).writeValueAsString(rows);
    }

    private static List<Object> row(Study study, Comparison comparison, PolicySummary policy, int run, Set<FindingKind> kinds,
            Set<String> metrics) {
        List<Object> row = new ArrayList<>(List.of(comparison.scenario()));
        Map<String, String> varied = comparison.varied();
        study.variedKeys().forEach(key -> row.add(varied.getOrDefault(key, "")));
        row.add(policy.policy());
        row.add(policy.seeds().value(run));
        row.add(String.format(Locale.ROOT, "%016x", policy.digests().value(run)));
        row.add(policy.worst(run).name());
        row.add(policy.virtualNanos().value(run));
        row.add(policy.longestRemoval().value(run));
        row.add(policy.neverReturned(run) ? 1 : 0);
        row.add(policy.logLines().value(run));
        kinds.forEach(kind -> row.add(policy.found(kind, run) ? 1 : 0));
        metrics.forEach(name -> row.add(policy.metricNames().contains(name) ? policy.metric(name).value(run) : 0L));
        return row;
    }
}
