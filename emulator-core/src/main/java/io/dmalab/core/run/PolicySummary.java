package io.dmalab.core.run;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Metrics;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/** What one policy did over all seeds of a comparison. Built up run by run; order does not matter. */
public final class PolicySummary {
    private final String policy;
    private final Map<FindingKind, Integer> found = new EnumMap<>(FindingKind.class);
    private final Map<String, Spread> metrics = new TreeMap<>();
    private final Spread blocked = new Spread();
    private final Spread logLines = new Spread();
    private final Spread mappedAfter = new Spread();
    private int runs;
    private int clean;
    private int unfinished;
    private int refused;
    private int directMapped;

    PolicySummary(String policy) {
        this.policy = policy;
    }

    void add(RunResult result) {
        runs++;
        clean += result.clean() ? 1 : 0;
        result.findings().stream().map(f -> f.kind()).distinct().forEach(kind -> found.merge(kind, 1, Integer::sum));
        result.metrics().forEach((name, value) -> spread(name).record(value));
        logLines.record(result.removalLog());
        for (Removal removal : result.removals()) {
            blocked.record(removal.blockedNanos(result.virtualNanos()));
            mappedAfter.record(removal.mappedAfter());
            unfinished += removal.endNanos().isEmpty() ? 1 : 0;
            refused += removal.endNanos().isPresent() && !removal.removed() ? 1 : 0;
            directMapped += removal.directMapped() ? 1 : 0;
        }
    }

    private Spread spread(String name) {
        return metrics.computeIfAbsent(name, n -> new Spread());
    }

    public String policy() {
        return policy;
    }

    public int runs() {
        return runs;
    }

    /** Runs in which this kind was found. */
    public Proportion found(FindingKind kind) {
        return new Proportion(found.getOrDefault(kind, 0), runs);
    }

    /** Runs without a finding that a maintainer has to look at. */
    public Proportion clean() {
        return new Proportion(clean, runs);
    }

    /** Kinds found in at least one run, most severe first. */
    public java.util.List<FindingKind> kinds() {
        return found.keySet().stream().sorted(java.util.Comparator.comparing(FindingKind::grade).thenComparing(k -> k)).toList();
    }

    /** Virtual nanoseconds for which a remover was blocked, one value a removal. */
    public Spread blockedNanos() {
        return blocked;
    }

    /** Log lines per run from the first removal on. */
    public Spread logLines() {
        return logLines;
    }

    /** Streaming mappings still live when a removal returned. */
    public Spread mappedAfter() {
        return mappedAfter;
    }

    /** A counter of the runs; all zero if no run had it. */
    public Spread metric(String name) {
        return metrics.getOrDefault(name, new Spread());
    }

    /** Names of all counters the runs had. */
    public java.util.Set<String> metricNames() {
        return metrics.keySet();
    }

    /** Modelled nanoseconds per received packet that the policy put on the data path. */
    public double hotPathNanosPerPacket() {
        double packets = metric(Metrics.RX_PACKETS).mean();
        return packets == 0 ? 0 : metric(Metrics.HOT_PATH_NS).mean() / packets;
    }

    /** Removals that had not returned when the run ended. */
    public int unfinished() {
        return unfinished;
    }

    /** Removals that returned an error. */
    public int refused() {
        return refused;
    }

    /** Removals of a device whose streaming mappings bypassed the IOMMU tables. */
    public int directMapped() {
        return directMapped;
    }
}
