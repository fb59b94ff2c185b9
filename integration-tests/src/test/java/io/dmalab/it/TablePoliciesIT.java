package io.dmalab.it;

import static io.dmalab.it.Runs.EMULATOR;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.core.run.Removal;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.scenario.Scenario;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The policies that live in the tables and in the platform's removal: what each promises, and how it fails, in whole machines. */
class TablePoliciesIT {
    private static final String LOAD = "dlpar-remove-under-load";
    private static final String NEVER = "never-read-socket";
    private static final String FRAGMENT = "fragment-30s";
    /** What no policy may do, whatever else it does (free-policies.md, invariant 4). */
    private static final Set<FindingKind> WRONG_CONTEXT =
            EnumSet.of(FindingKind.SLEEP_IN_ATOMIC, FindingKind.DEADLOCK, FindingKind.LOCK_ORDER);

    private static RunResult run(String scenario, String policy) {
        return Runs.of(scenario, policy).result();
    }

    private static double blockedSeconds(RunResult result) {
        return result.removals().getFirst().blockedNanos(result.virtualNanos()) / 1e9;
    }

    private static Set<String> found(RunResult result) {
        return result.findings().stream().map(f -> f.kind().toString()).collect(Collectors.toCollection(TreeSet::new));
    }

    private static String how(Removal removal) {
        return removal.removed() ? "removed" : removal.endNanos().isEmpty() ? "never" : removal.outcome().replaceAll(",.*", "");
    }

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest(name = "{0} in {1}: {2} after {3} to {4} s, finds {5}")
    @CsvSource(delimiter = '|', nullValues = "-", value = {
        // until the last page: 300 s, when the process is killed
        "wait-unbounded                    | dlpar-remove-under-load | removed          |   5 |  25 | late-unmap",
        "wait-unbounded                    | never-read-socket       | removed          | 297 | 301 | late-unmap",
        "wait-unbounded                    | fragment-30s            | removed          |  25 |  29 | late-unmap",
        "wait-then-quarantine              | dlpar-remove-under-load | removed          |   5 |  25 | late-unmap",
        "wait-then-quarantine              | never-read-socket       | removed          | 120 | 121 | late-unmap",
        "wait-then-quarantine              | fragment-30s            | removed          |  25 |  29 | late-unmap",
        "wait-then-quarantine,cap=2s       | never-read-socket       | removed          |   2 | 2.2 | late-unmap",
        "wait-then-ebusy                   | dlpar-remove-under-load | removed          |   5 |  25 | late-unmap",
        "wait-then-ebusy                   | never-read-socket       | failed: errno 16 | 120 | 121 | late-unmap",
        "wait-then-ebusy                   | fragment-30s            | removed          |  25 |  29 | late-unmap",
        // the driver's own rings count: nothing is ever removed
        "wait-then-ebusy,judge=bound       | fragment-30s            | failed: errno 16 | 120 | 121 | -",
        // the timer wheel rounds 120 s to 122
        "event-driven                      | dlpar-remove-under-load | removed          |   5 |  25 | late-unmap",
        "event-driven                      | never-read-socket       | removed          | 120 | 123 | hcall-error late-unmap use-after-free",
        "event-driven                      | fragment-30s            | removed          |  25 |  29 | late-unmap",
        // BUG_ON in iommu_pseries_free_group; without it as legacy
        "iommu-group-reference             | dlpar-remove-under-load | never | 100 | 600 | hcall-error kernel-bug late-unmap removal-unfinished",
        "iommu-group-reference,trap=off    | dlpar-remove-under-load | removed          |   0 | 0.1 | hcall-error late-unmap use-after-free",
        "iommu-group-reference,trap=off    | fragment-30s            | removed          |   0 | 0.1 | hcall-error late-unmap use-after-free",
        "table-reference                   | dlpar-remove-under-load | removed          |   0 | 0.1 | late-unmap",
        "table-reference                   | never-read-socket       | removed          |   0 | 0.1 | late-unmap",
        "table-reference,per=transition    | dlpar-remove-under-load | removed          |   0 | 0.1 | late-unmap",
        "table-reference,dead-flag=off     | fragment-30s            | removed          |   0 | 0.1 | hcall-error late-unmap",
        "zombie-table                      | dlpar-remove-under-load | removed          |   0 | 0.1 | late-unmap",
        "zombie-table                      | never-read-socket       | removed          |   0 | 0.1 | late-unmap",
        "zombie-table                      | fragment-30s            | removed          |   0 | 0.1 | late-unmap",
        "null-base                         | dlpar-remove-under-load | removed          |   0 | 0.1 | late-unmap",
        "null-base                         | never-read-socket       | removed          |   0 | 0.1 | late-unmap",
        "null-base                         | fragment-30s            | removed          |   0 | 0.1 | late-unmap",
        "generation-check                  | dlpar-remove-under-load | removed          |   0 | 0.1 | late-unmap",
        "generation-check                  | never-read-socket       | removed          |   0 | 0.1 | late-unmap",
        "generation-check,carried-by=table | dlpar-remove-under-load | removed          |   0 | 0.1 | late-unmap use-after-free",
        "blocking-domain                   | dlpar-remove-under-load | removed          |   0 | 0.1 | hcall-error late-unmap use-after-free",
        "blocking-domain                   | never-read-socket       | removed          |   0 | 0.1 | hcall-error late-unmap use-after-free",
        "blocking-domain,attach=always     | dlpar-remove-under-load | removed          |   0 | 0.2 | late-unmap",
        "direct-window                     | dlpar-remove-under-load | removed          |   0 | 0.1 | late-unmap",
        "direct-window,unpaired=on         | fragment-30s            | removed          |   0 | 0.1 | double-unmap late-unmap",
        "firmware-refuses                  | dlpar-remove-under-load | removed          |   5 |  25 | late-unmap",
        "firmware-refuses                  | never-read-socket       | failed: errno 17 |  20 |  21 | late-unmap",
        "firmware-refuses                  | fragment-30s            | failed: errno 17 |  20 |  21 | late-unmap"})
    @DisplayName("free-policies.md P7b, comparison: how long the remover is blocked, how that ends, what is found")
    void outcome(String policy, String scenario, String how, double from, double to, String kinds) {
        RunResult result = run(scenario, policy);
        assertThat(how(result.removals().getFirst())).as(result::toString).isEqualTo(how);
        assertThat(blockedSeconds(result)).isBetween(from, to);
        assertThat(String.join(" ", found(result))).as(result::toString).isEqualTo(kinds == null ? "" : kinds);
    }

    @Test
    @DisplayName("free-policies.md P3: of the same holders the event has less to wait for than the poll, and says it once")
    void wakeLatency() {
        RunResult poll = run(LOAD, "wait-for-drain");
        RunResult event = run(LOAD, "event-driven");
        assertThat(poll.metric(Metrics.WAKE_LATENCY_NS)).isBetween(1_000_000L, 60_000_000L);
        assertThat(event.metric(Metrics.WAKE_LATENCY_NS)).isLessThan(1_000_000L);
        assertThat(blockedSeconds(event)).isLessThan(blockedSeconds(poll));
        assertThat(event.removalLog()).isLessThan(10).isLessThan(poll.removalLog());
    }

    @Test
    @DisplayName("free-policies.md P2: a refused removal leaves a device that works: the interface is back and receives")
    void refusedAndBack() {
        RunResult refused = run(NEVER, "wait-then-ebusy,cap=2s");
        assertThat(how(refused.removals().getFirst())).isEqualTo("failed: errno 16");
        assertThat(refused.metric(Metrics.RX_PACKETS)).as("10 000 a second for 10 s, but for an outage of 2").isBetween(78_000L, 81_000L);
        assertThat(run(NEVER, "wait-then-ebusy").metric(Metrics.RX_PACKETS)).as("nothing is made up for later")
                .isEqualTo(run(NEVER, "legacy").metric(Metrics.RX_PACKETS));
        assertThat(refused.clean()).as(refused::toString).isTrue();
    }

    @Test
    @DisplayName("free-policies.md P7c, P12a, P2: memory of tables that outlive their owner, until the last page: at its peak the bitmap, none "
            + "at the end")
    void zombieMemory() {
        long table = 848 + 8_388_608 / 8;
        for (String policy : List.of("table-reference", "zombie-table", "wait-then-quarantine,cap=1s")) {
            RunResult result = run(LOAD, policy);
            assertThat(result.metric(Metrics.ZOMBIE_BYTES_PEAK)).as(policy).isEqualTo(table);
            assertThat(result.metric(Metrics.ZOMBIE_BYTES)).as(policy).isZero();
            assertThat(result.metric(Metrics.DROPPED_LATE_UNMAPS)).as(policy).isPositive();
        }
        assertThat(run(LOAD, "zombie-table,reap=off").metric(Metrics.ZOMBIE_BYTES)).isEqualTo(table);
        assertThat(run(LOAD, "null-base").metric(Metrics.ZOMBIE_BYTES_PEAK)).isZero();
    }

    @Test
    @DisplayName("free-policies.md, column hot path: operations and nanoseconds come from the mappings that were made")
    void hotPath() {
        RunResult each = run(LOAD, "table-reference");
        assertThat(each.metric(Metrics.HOT_PATH_OPS)).as("a map and an unmap for each").isGreaterThan(1000)
                .isEqualTo(2 * each.metric("dma_maps"));
        assertThat(each.metric(Metrics.HOT_PATH_NS)).isEqualTo(20 * each.metric(Metrics.HOT_PATH_OPS));
        RunResult flag = run(LOAD, "zombie-table");
        assertThat(flag.metric(Metrics.HOT_PATH_OPS)).isEqualTo(flag.metric("dma_unmaps"));
        assertThat(run(LOAD, "table-reference,per=transition").metric(Metrics.HOT_PATH_OPS)).isLessThan(20);
        for (String free : List.of("wait-unbounded", "null-base", "blocking-domain", "firmware-refuses", "direct-window")) {
            assertThat(run(FRAGMENT, free).metric(Metrics.HOT_PATH_OPS)).as(free).isZero();
        }
    }

    @Test
    @DisplayName("free-policies.md invariant 7: same seed and holders: whatever is used after free under the seed's patch is under legacy, too")
    void seedIsNoWorse() {
        for (String scenario : List.of(LOAD, NEVER, FRAGMENT)) {
            RunResult legacy = run(scenario, "legacy");
            RunResult seed = run(scenario, "wait-for-drain");
            assertThat(uses(legacy)).as(scenario).isGreaterThanOrEqualTo(uses(seed)).isPositive();
        }
    }

    private static long uses(RunResult result) {
        return result.findings().stream().filter(f -> f.kind() == FindingKind.USE_AFTER_FREE).mapToLong(f -> f.occurrences()).sum();
    }

    /** With options that change the mechanism; the policies as such, and invariant 4, are the business of PolicyInvariantsIT. */
    static Stream<String> variants() {
        return Stream.of("wait-then-quarantine,cap=1s", "event-driven,cap=1s", "event-driven,recheck=off", "iommu-group-reference,trap=off",
                "table-reference,dead-flag=off", "table-reference,per=transition", "zombie-table,reap=off", "zombie-table,grace-period=0s",
                "null-base,grace-period=0s", "generation-check,carried-by=table", "blocking-domain,attach=always", "direct-window,unpaired=on",
                "lazy-flush,single=on,timeout=1s,drain=off");
    }

    /** That books and bitmaps agree table by table is checked by every run at its end; one that did not agree would be a defect, exit code 3. */
    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest
    @MethodSource("variants")
    @DisplayName("free-policies.md invariants 3 and 4: under every variant and in every scenario with tables what was mapped is unmapped, "
            + "dropped, lost or still there, and nobody sleeps or waits where it must not")
    void conservation(String policy) {
        for (Scenario scenario : Runs.withTables()) {
            RunResult result = EMULATOR.run(EMULATOR.request(scenario).withPolicy(policy).withoutLog());
            assertThat(result.metric("dma_maps")).as(result::toString).isPositive()
                    .isEqualTo(result.metric("dma_unmaps") + result.metric("dma_dropped_unmaps") + result.metric("dma_live"));
            long out = result.metric(Metrics.ENTRIES_IN_USE) + result.metric(Metrics.LOST_ENTRIES);
            assertThat(result.metric(Metrics.TABLE_MAPS)).as(result::toString).isEqualTo(result.metric(Metrics.TABLE_UNMAPS)
                    + result.metric(Metrics.DROPPED_ENTRIES) + out);
            boolean tables = result.metric(Metrics.TABLE_MAPS) >= result.metric("dma_maps") && !result.found(FindingKind.DOUBLE_UNMAP);
            if (tables && result.metric(Metrics.DROPPED_LATE_UNMAPS) == 0) {
                assertThat(out > 0).as("entries out, %d, as mappings live, %s", out, result).isEqualTo(result.metric("dma_live") > 0);
            }
            assertThat(result.findings().stream().map(f -> f.kind())).as(result::toString).doesNotContainAnyElementsOf(WRONG_CONTEXT);
        }
    }

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest
    @CsvSource({"wait-unbounded", "wait-then-ebusy", "table-reference", "zombie-table", "null-base", "generation-check", "firmware-refuses",
        "wait-then-quarantine", "'blocking-domain,attach=always'", "direct-window"})
    @DisplayName("free-policies.md invariant 1: no freed table is touched and no stranger's entry is cleared, in any scenario with tables, "
            + "with the checker on")
    void safety(String policy) {
        for (Scenario scenario : Runs.withTables()) {
            RunResult result = scenario.memory().kasan() ? run(scenario.id(), policy)
                    : EMULATOR.run(EMULATOR.request(scenario).withPolicy(policy).withKasan(true).withoutLog());
            assertThat(found(result)).as(result::toString)
                    .doesNotContain("use-after-free", "double-free", "foreign-entry-cleared", "oops", "eeh-freeze");
        }
    }

    static List<String> policies() {
        return Runs.tablePolicies();
    }

    /** Some pay for a check on the data path, so not every nanosecond is the same. */
    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest
    @MethodSource("policies")
    @DisplayName("where there is no iommu_table, the policies that live in it change nothing: SMMUv3 under dma-iommu, zPCI's own DMA API")
    void nothingElsewhere(String policy) {
        for (String scenario : List.of("hns3-unbind-smmu", "s390-zpci-unbind")) {
            Runs.Run legacy = Runs.of(scenario, Runs.LEGACY);
            Runs.Run run = Runs.of(scenario, policy);
            assertThat(what(run.result())).isEqualTo(what(legacy.result())).isNotEmpty();
            assertThat(run.past()).isEqualTo(legacy.past());
            assertThat(how(run.result().removals().getFirst())).isEqualTo(how(legacy.result().removals().getFirst()));
            assertThat(blockedSeconds(run.result())).isLessThan(0.1);
            for (String metric : List.of("dma_maps", "dma_unmaps", "dma_live", "dma_dropped_unmaps", Metrics.LATE_UNMAPS)) {
                assertThat(run.result().metric(metric)).as(metric).isEqualTo(legacy.result().metric(metric));
            }
        }
    }

    private static List<String> what(RunResult result) {
        return result.findings().stream().map(f -> f.kind() + " " + f.subject() + " " + f.occurrences()).toList();
    }
}
