package io.dmalab.core.run;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Grade;
import io.dmalab.api.kernel.Metrics;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What one policy did over all seeds of a comparison. Built up run by run; the values of each run are kept, in the order of the seeds, so
 * that those of two policies can be paired.
 */
public final class PolicySummary {
    /** Says what replays a run. */
    @FunctionalInterface
    interface Tokens {
        RunToken of(long seed, long digest);
    }

    private final String policy;
    private final String command;
    private final Optional<Tokens> tokens;
    private final Map<FindingKind, Integer> found = new EnumMap<>(FindingKind.class);
    /** Of each counter one value a run. */
    private final Map<String, Spread> columns = new TreeMap<>();
    private final int[] worst = new int[Grade.values().length];
    private final Spread logLines = new Spread();
    private final Spread longest = new Spread();
    private final Spread longestUnfinished = new Spread();
    private final Spread history = new Spread();
    private final Spread digests = new Spread();
    private final Spread seeds = new Spread();
    private final Spread virtual = new Spread();
    private final Spread kinds = new Spread();
    /** One value a removal. */
    private final Spread blocked = new Spread();
    private final Spread mappedAfter = new Spread();
    private int runs;
    private int clean;
    private int unfinished;
    private int refused;
    private int directMapped;
    private int notGone;

    PolicySummary(String policy) {
        this(policy, policy, Optional.empty());
    }

    /**
     * @param command policy and options with which it was run, where a sweep varies them; else the same as {@code policy}
     * @param tokens  empty if the runs are of several scenarios
     */
    PolicySummary(String policy, String command, Optional<Tokens> tokens) {
        this.policy = policy;
        this.command = command;
        this.tokens = tokens;
    }

    void add(Sample sample) {
        clean += sample.clean() ? 1 : 0;
        worst[sample.worst().ordinal()]++;
        sample.findings().keySet().forEach(kind -> found.merge(kind, 1, Integer::sum));
        sample.metrics().forEach((name, value) -> columns.computeIfAbsent(name, n -> new Spread()).upTo(runs).record(value));
        logLines.record(sample.logLines());
        longest.record(sample.blockedNanos());
        history.record(sample.history());
        digests.record(sample.digest());
        seeds.record(sample.seed());
        virtual.record(sample.virtualNanos());
        kinds.record(sample.findings().keySet().stream().mapToLong(kind -> 1L << kind.ordinal()).sum());
        boolean gone = true;
        boolean returned = true;
        for (Removal removal : sample.removals()) {
            blocked.record(removal.blockedNanos(sample.virtualNanos()));
            mappedAfter.record(removal.mappedAfter());
            returned &= removal.endNanos().isPresent();
            gone &= removal.removed();
            unfinished += removal.endNanos().isEmpty() ? 1 : 0;
            refused += removal.endNanos().isPresent() && !removal.removed() ? 1 : 0;
            directMapped += removal.directMapped() ? 1 : 0;
        }
        longestUnfinished.record(returned ? 0 : 1);
        notGone += gone ? 0 : 1;
        runs++;
    }

    /** Adds the runs of another summary behind one's own. */
    void addAll(PolicySummary other) {
        clean += other.clean;
        for (int i = 0; i < worst.length; i++) {
            worst[i] += other.worst[i];
        }
        other.found.forEach((kind, number) -> found.merge(kind, number, Integer::sum));
        for (String name : other.columns.keySet()) {
            Spread own = columns.computeIfAbsent(name, n -> new Spread()).upTo(runs);
            own.recordAll(other.metric(name));
        }
        logLines.recordAll(other.logLines);
        longest.recordAll(other.longest);
        longestUnfinished.recordAll(other.longestUnfinished);
        history.recordAll(other.history);
        digests.recordAll(other.digests);
        seeds.recordAll(other.seeds);
        virtual.recordAll(other.virtual);
        kinds.recordAll(other.kinds);
        blocked.recordAll(other.blocked);
        mappedAfter.recordAll(other.mappedAfter);
        unfinished += other.unfinished;
        refused += other.refused;
        directMapped += other.directMapped;
        notGone += other.notGone;
        runs += other.runs;
    }

    public String policy() {
        return policy;
    }

    /** As {@code --policy} takes it: with the option values of this point of a sweep. */
    public String command() {
        return command;
    }

    public int runs() {
        return runs;
    }

    /** Runs in which this kind was found. */
    public Proportion found(FindingKind kind) {
        return new Proportion(found.getOrDefault(kind, 0), runs);
    }

    /** Runs whose worst finding was of this grade. */
    public Proportion worst(Grade grade) {
        return new Proportion(worst[grade.ordinal()], runs);
    }

    /** Runs after which a device that was to be removed was still there, or on its way. */
    public Proportion notRemoved() {
        return new Proportion(notGone, runs);
    }

    /** Runs without a finding that a maintainer has to look at. */
    public Proportion clean() {
        return new Proportion(clean, runs);
    }

    /** Kinds found in at least one run, most severe first. */
    public List<FindingKind> kinds() {
        return found.keySet().stream().sorted(Comparator.comparing(FindingKind::grade).thenComparing(k -> k)).toList();
    }

    /** Virtual nanoseconds for which a remover was blocked, one value a removal. */
    public Spread blockedNanos() {
        return blocked;
    }

    /** The longest removal of each run in virtual nanoseconds, 0 if nothing was removed; up to the end of the run if it never returned. */
    public Spread longestRemoval() {
        return longest;
    }

    /** That percentile of {@link #longestRemoval} is a run whose removal never returned: the true one is longer. */
    public boolean cutOff(double percent) {
        long value = longest.percentile(percent);
        for (int run = 0; run < runs; run++) {
            if (longest.value(run) == value && longestUnfinished.value(run) == 1) {
                return true;
            }
        }
        return false;
    }

    /** Digest of each run. */
    public Spread digests() {
        return digests;
    }

    /** Seed of each run. */
    public Spread seeds() {
        return seeds;
    }

    /**
     * What {@code dmalab replay} takes to run one of the runs again; empty if the runs are of several scenarios.
     *
     * @param run in order of seed, from 0
     */
    public Optional<RunToken> token(int run) {
        return tokens.map(t -> t.of(seeds.value(run), digests.value(run)));
    }

    /** Virtual nanoseconds at the end of each run. */
    public Spread virtualNanos() {
        return virtual;
    }

    /** What had been drawn at random when the first removal of each run began. */
    Spread history() {
        return history;
    }

    /** This kind was found in that run. @param run in order of seed, from 0 */
    public boolean found(FindingKind kind, int run) {
        return (kinds.value(run) >> kind.ordinal() & 1) == 1;
    }

    /** The worst grade that a run found. @param run in order of seed, from 0 */
    public Grade worst(int run) {
        return Arrays.stream(FindingKind.values()).filter(kind -> found(kind, run)).map(FindingKind::grade).min(Comparator.naturalOrder())
                .orElse(Grade.ACCEPTABLE);
    }

    /** A removal of that run had not returned at its end. @param run in order of seed, from 0 */
    public boolean neverReturned(int run) {
        return longestUnfinished.value(run) == 1;
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
        Spread column = columns.get(name);
        return column == null ? new Spread() : column.upTo(runs);
    }

    /** Names of all counters the runs had. */
    public Set<String> metricNames() {
        return Collections.unmodifiableSet(columns.keySet());
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
