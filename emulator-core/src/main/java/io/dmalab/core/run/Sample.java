package io.dmalab.core.run;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Grade;
import io.dmalab.api.observe.FindingRecord;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a comparison keeps of one run: its figures. What they mean is said at {@link RunResult}.
 *
 * @param history  digest of what had happened when the first removal began; 0 if nothing was removed
 * @param findings how often each kind was found
 * @param logLines log lines from the first removal on
 */
public record Sample(
        long seed,
        long digest,
        long history,
        String end,
        long virtualNanos,
        long events,
        List<Removal> removals,
        SortedMap<String, Long> metrics,
        Map<FindingKind, Long> findings,
        long logLines) {

    public Sample {
        removals = List.copyOf(removals);
        metrics = Collections.unmodifiableSortedMap(new TreeMap<>(metrics));
        Map<FindingKind, Long> kinds = new EnumMap<>(FindingKind.class);
        kinds.putAll(findings);
        findings = Collections.unmodifiableMap(kinds);
    }

    /** The figures of a run. */
    public static Sample of(RunResult result) {
        Map<FindingKind, Long> findings = new EnumMap<>(FindingKind.class);
        for (FindingRecord finding : result.findings()) {
            findings.merge(finding.kind(), finding.occurrences(), Long::sum);
        }
        return new Sample(result.seed(), result.digest(), result.removals().isEmpty() ? 0
                : result.removals().getFirst().history(),
                result.end(), result.virtualNanos(), result.events(), result.removals(), result.metrics(), findings, result.removalLog());
    }

    /** The worst grade among the findings; {@link Grade#ACCEPTABLE} if there are none. */
    public Grade worst() {
        return findings.keySet().stream().map(FindingKind::grade).min(Grade::compareTo).orElse(Grade.ACCEPTABLE);
    }

    /** Nothing was found that a maintainer has to look at. */
    public boolean clean() {
        return worst() == Grade.ACCEPTABLE;
    }

    /** The longest time a remover was blocked, in virtual nanoseconds; 0 if nothing was removed. */
    public long blockedNanos() {
        return removals.stream().mapToLong(r -> r.blockedNanos(virtualNanos)).max().orElse(0);
    }
}
