package io.dmalab.core.run;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Grade;
import io.dmalab.api.observe.FindingRecord;
import io.dmalab.api.observe.LogLine;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What one run of one machine produced. Everything but {@code log} and {@code findings} is a number or a name; equal scenario, policy, seed
 * and version give an equal result on every machine.
 *
 * @param digest       64-bit digest of the whole event stream
 * @param end          why the run ended: {@code idle}, {@code time limit} or {@code event limit}
 * @param virtualNanos virtual time at the end
 * @param events       events that the queue delivered
 * @param removals     in order of their start
 * @param metrics      counters by name
 * @param findings     in order of first occurrence
 * @param log          the kernel log; empty if the run was asked not to keep it
 * @param removalLog   log lines printed from the start of the first removal on
 * @param token        what {@code dmalab replay} takes to run it again; empty for a run that is part of an exploration or a comparison
 */
public record RunResult(
        String scenario,
        String policy,
        long seed,
        String kernel,
        int hz,
        boolean kasan,
        long digest,
        String end,
        long virtualNanos,
        long events,
        List<Removal> removals,
        SortedMap<String, Long> metrics,
        List<FindingRecord> findings,
        List<LogLine> log,
        long removalLog,
        Optional<RunToken> token) {

    public RunResult {
        removals = List.copyOf(removals);
        metrics = Collections.unmodifiableSortedMap(new TreeMap<>(metrics));
        findings = List.copyOf(findings);
        log = List.copyOf(log);
    }

    /** The same with its token. */
    public RunResult with(RunToken replay) {
        return new RunResult(scenario, policy, seed, kernel, hz, kasan, digest, end, virtualNanos, events, removals, metrics, findings, log,
                removalLog, Optional.of(replay));
    }

    /** What was found, for the message of a failed assertion. */
    @Override
    public String toString() {
        String found = findings.stream().map(f -> f.kind() + ": " + f.subject() + " (" + f.occurrences() + " x)")
                .collect(Collectors.joining("; "));
        return String.format(Locale.ROOT, "%s, policy %s, seed %d: %s; %s after %.3f s%s", scenario, policy, seed,
                found.isEmpty() ? "nothing found" : found, end, virtualNanos / 1e9, token.map(t -> "; dmalab replay " + t).orElse(""));
    }

    /** Digest as users see it: 16 hex digits. */
    public String digestText() {
        return String.format(Locale.ROOT, "%016x", digest);
    }

    public long metric(String name) {
        return metrics.getOrDefault(name, 0L);
    }

    public Optional<FindingRecord> finding(FindingKind kind) {
        return findings.stream().filter(f -> f.kind() == kind).findFirst();
    }

    public boolean found(FindingKind kind) {
        return finding(kind).isPresent();
    }

    /** The worst grade among the findings; {@link Grade#ACCEPTABLE} if there are none. */
    public Grade worst() {
        return findings.stream().map(f -> f.kind().grade()).min(Grade::compareTo).orElse(Grade.ACCEPTABLE);
    }

    /** Nothing was found that a maintainer has to look at. */
    public boolean clean() {
        return worst() == Grade.ACCEPTABLE;
    }

    /** Exit code of {@code dmalab run}: 0 clean, 1 a finding. */
    public int exitCode() {
        return clean() ? 0 : 1;
    }

    /** The longest time a remover was blocked, in virtual nanoseconds; 0 if nothing was removed. */
    public long blockedNanos() {
        return removals.stream().mapToLong(r -> r.blockedNanos(virtualNanos)).max().orElse(0);
    }
}
