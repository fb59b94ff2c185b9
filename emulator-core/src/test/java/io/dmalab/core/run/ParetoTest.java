package io.dmalab.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Metrics;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Which policies are dominated, and which quantities tables show. */
class ParetoTest {
    private static PolicySummary policy(String name, Map<FindingKind, Long> findings, long blocked, Map<String, Long> metrics) {
        PolicySummary summary = new PolicySummary(name);
        for (long seed = 1; seed <= 10; seed++) {
            summary.add(new Sample(seed, seed, 7, "idle", 1_000_000_000_000L, 5,
                    List.of(new Removal("eth4", 0, OptionalLong.of(blocked * seed), Removal.REMOVED, false, 1, 1, 7)),
                            new TreeMap<>(metrics),
                    findings, 3));
        }
        return summary;
    }

    @Test
    void whatIsWorseInOneAndBetterInNothingIsDominated() {
        PolicySummary fast = policy("fast", Map.of(FindingKind.USE_AFTER_FREE, 1L), 1, Map.of());
        PolicySummary safe = policy("safe", Map.of(), 100, Map.of());
        PolicySummary dear = policy("dear", Map.of(), 100, Map.of(Metrics.BYTES_PER_PAGE, 9L));
        PolicySummary same = policy("same", Map.of(), 100, Map.of());
        Pareto pareto = Pareto.of(List.of(fast, dear, safe, same));
        assertThat(pareto.best()).containsExactly("fast", "safe", "same");
        assertThat(pareto.dominatedBy()).containsExactly(Map.entry("dear", "safe"));
        assertThat(pareto.criteria()).contains("runs with a forbidden outcome", "bytes a page", "collateral tasks");
    }

    @Test
    void dominanceIsNotReflexiveAndNeverGoesBothWays() {
        double[] a = {1, 2};
        double[] b = {1, 3};
        assertThat(Pareto.dominates(a, b)).isTrue();
        assertThat(Pareto.dominates(b, a)).isFalse();
        assertThat(Pareto.dominates(a, a.clone())).isFalse();
        assertThat(Pareto.dominates(new double[] {0, 4}, a)).isFalse();
    }

    @Test
    void aCounterOfAPluginIsAQuantityByItsName() {
        PolicySummary plain = policy("plain", Map.of(), 1, Map.of());
        PolicySummary counting = policy("counting", Map.of(), 1, Map.of("quarantine_bytes_peak", 4096L, "zombie_bytes_peak", 10L));
        List<PolicySummary> both = List.of(plain, counting);
        assertThat(Measure.costs(both)).extracting(Measure::title).contains("zombie memory");
        assertThat(Measure.costs(List.of(plain))).extracting(Measure::title).doesNotContain("zombie memory");
        assertThat(Measure.others(both)).containsExactly(new Measure("quarantine_bytes_peak", "quarantine_bytes_peak", Measure.Unit.BYTES));
        assertThat(Measure.of("quarantine_bytes_peak").values(plain)).as("a run that did not count has 0").containsOnly(0).hasSize(10);
        assertThat(Measure.names(both)).contains("quarantine_bytes_peak", Measure.LOG_LINES).doesNotContain("no_such");
    }

    @Test
    void summariesAddUpInOrder() {
        PolicySummary sum = new PolicySummary("p");
        sum.addAll(policy("p", Map.of(FindingKind.LEAK, 2L), 1, Map.of("a", 5L)));
        sum.addAll(policy("p", Map.of(), 10, Map.of("b", 1L)));
        assertThat(sum.runs()).isEqualTo(20);
        assertThat(sum.found(FindingKind.LEAK)).isEqualTo(new Proportion(10, 20));
        assertThat(sum.metric("a").mean()).isEqualTo(2.5);
        assertThat(sum.metric("b").values()).startsWith(0).endsWith(1).hasSize(20);
        assertThat(sum.longestRemoval().quantile(50).value()).isEqualTo(10);
        assertThat(sum.found(FindingKind.LEAK, 9)).isTrue();
        assertThat(sum.found(FindingKind.LEAK, 10)).isFalse();
    }
}
