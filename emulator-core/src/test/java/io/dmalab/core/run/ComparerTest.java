package io.dmalab.core.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Grade;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.observe.FindingRecord;
import io.dmalab.core.scenario.ScenarioReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Comparisons of made-up runs, and the sentences that are made of them. */
class ComparerTest {
    private static final List<String> TWO = List.of("legacy", "wait");

    private static RunResult result(String policy, long seed, List<FindingKind> kinds, Removal removal, Map<String, Long> metrics) {
        List<FindingRecord> findings = kinds.stream().map(k -> new FindingRecord(k, "x", "x", 1, 1, "x", List.of())).toList();
        return new RunResult("s", policy, seed, "v6.14", 250, true, seed * 31 + policy.hashCode(), "idle", 10_000_000_000L, 5,
                List.of(removal),
                new TreeMap<>(metrics), findings, List.of(), seed, Optional.empty());
    }

    private static Removal removal(long blocked) {
        return new Removal("eth4", 1000, OptionalLong.of(1000 + blocked), Removal.REMOVED, false, 7, 3, 0);
    }

    private static Optional<Sample> run(int policy, int round) {
        long seed = round + 1;
        return Optional.of(Sample.of(policy == 0
                ? result("legacy", seed, seed % 2 == 0 ? List.of(FindingKind.USE_AFTER_FREE) : List.of(), removal(54_000_000), Map.of())
                : result("wait", seed, List.of(FindingKind.LATE_UNMAP), removal(seed * 1_000_000_000), Map.of(Metrics.POLL_ROUNDS, seed))));
    }

    private static Comparison compare(int jobs, int seeds) {
        return compare(new Comparer(jobs, Progress.NONE), seeds, ComparerTest::run);
    }

    private static Comparison compare(Comparer comparer, int seeds, Comparer.Run run) {
        RunRequest request = RunRequest.of(ScenarioReader.read("scenario: s\ndevices: [{ name: eth4, driver: d }]", "s"));
        Tally tally = new Tally(StudyPlan.of(TWO.stream().map(request::withPolicy).toList(), seeds).points().getFirst(), () -> "0.1.0+1f2e3d4c");
        int finished = comparer.run(TWO.size(), seeds, run, (policy, sample) -> tally.add(policy, sample.orElseThrow()));
        return tally.comparison(finished, seeds).orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 8, 100})
    void theNumberOfJobsChangesNothing(int jobs) {
        assertThat(compare(jobs, 500).digest()).isEqualTo(compare(1, 500).digest());
    }

    @Test
    void resultsComeInOrderOfSeedAndPolicy() {
        List<String> order = new ArrayList<>();
        new Comparer(4, Progress.NONE).run(2, 3, ComparerTest::run, (policy, sample) -> order.add(TWO.get(policy) + sample.get().seed()));
        assertThat(order).containsExactly("legacy1", "wait1", "legacy2", "wait2", "legacy3", "wait3");
    }

    @Test
    void figuresAreThoseOfTheRuns() {
        Comparison c = compare(2, 100);
        assertThat(c.policy("legacy").found(FindingKind.USE_AFTER_FREE)).isEqualTo(new Proportion(50, 100));
        assertThat(c.policy("legacy").clean()).isEqualTo(new Proportion(50, 100));
        assertThat(c.policy("wait").clean()).isEqualTo(new Proportion(100, 100));
        assertThat(c.policy("wait").blockedNanos().max()).isEqualTo(100_000_000_000L);
        assertThat(c.policy("wait").metric(Metrics.POLL_ROUNDS).mean()).isEqualTo(50.5);
        assertThat(c.policy("wait").metric("no_such_metric").max()).isZero();
        assertThat(c.worst()).isEqualTo(Grade.FORBIDDEN);
        assertThatThrownBy(() -> c.policy("none")).hasMessage("policy none was not compared");
    }

    @Test
    void progressCountsEveryRun() {
        List<Integer> seen = java.util.Collections.synchronizedList(new ArrayList<>());
        compare(new Comparer(3, (done, total) -> seen.add(done * 1000 + total)), 20, ComparerTest::run);
        assertThat(seen).hasSize(40).contains(40_040);
    }

    @Test
    void theFailureOfARunIsThatOfTheComparison() {
        assertThatThrownBy(() -> compare(new Comparer(2, Progress.NONE), 50, (policy, round) -> {
            if (round == 7) {
                throw new IllegalStateException("seed 7");
            }
            return run(policy, round);
        })).isInstanceOf(IllegalStateException.class).hasMessage("seed 7");
    }

    @Test
    void anInterruptionBeforeTheFirstSeedLeavesNothing() {
        CountDownLatch never = new CountDownLatch(1);
        Thread.currentThread().interrupt();
        int finished = new Comparer(1, Progress.NONE).run(2, 5, (policy, round) -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return run(policy, round);
        }, (policy, sample) -> { });
        assertThat(finished).isZero();
        assertThat(Thread.interrupted()).isTrue();
    }

    // sentences

    private static String sentence(RunResult... runs) {
        PolicySummary summary = new PolicySummary("p");
        List.of(runs).forEach(run -> summary.add(Sample.of(run)));
        return Sentences.about(summary);
    }

    @Test
    @DisplayName("real-world-reports.md E6: one sentence a policy says what was bought and what it cost")
    void aSentenceSaysWhatWasBoughtAndWhatItCost() {
        assertThat(Sentences.about(compare(1, 20).policy("legacy")))
                .isEqualTo("legacy: use-after-free in 10 of 20 runs; removal blocked 54.0 ms (p50), 54.0 ms at most.");
        assertThat(sentence(result("p", 1, List.of(), removal(3), Map.of())))
                .isEqualTo("p: no forbidden outcome in 1 run (95 % bound 95 %); removal blocked 0.00300 us (p50), 0.00300 us at most.");
        assertThat(sentence(result("p", 1, List.of(FindingKind.LEAK), removal(120_000_000_000L), Map.of(Metrics.LEAKED_TCES, 12L))))
                .isEqualTo("p: no forbidden outcome in 1 run (95 % bound 95 %) but leak in every run; removal blocked"
                        + " 120 s (p50), 120 s at most, up to 12 TCEs leaked.");
        assertThat(sentence(result("p", 1, List.of(), removal(1_500_000_000),
                Map.of(Metrics.HOT_PATH_NS, 800L, Metrics.RX_PACKETS, 100L, Metrics.BYTES_PER_PAGE, 9L))))
                .endsWith("removal blocked 1.50 s (p50), 1.50 s at most, 8.00 ns a packet, 9 bytes a page.");
    }

    @Test
    void aSentenceCountsRemovalsThatNeverReturnedOrWereRefused() {
        Removal never = new Removal("eth4", 1_000_000_000, OptionalLong.empty(), Removal.UNFINISHED, false, 7, 0, 0);
        Removal refused = new Removal("eth4", 0, OptionalLong.of(5), "failed: errno 16, busy", false, 7, 7, 0);
        assertThat(sentence(result("p", 1, List.of(FindingKind.REMOVAL_UNFINISHED), never, Map.of()),
                result("p", 2, List.of(), refused, Map.of())))
                .contains("removal-unfinished in 1 of 2 runs").contains("9.00 s at most").contains("1 removal never returned")
                        .contains("1 removal refused");
    }

    @Test
    void aSentenceSaysWhyADirectWindowIsSafe() {
        Removal direct = new Removal("eth4", 0, OptionalLong.of(5), Removal.REMOVED, true, 7, 7, 0);
        assertThat(sentence(result("p", 1, List.of(), direct, Map.of())))
                .contains("RAM is directly mapped, so no mapping ever reaches a TCE table");
    }
}
