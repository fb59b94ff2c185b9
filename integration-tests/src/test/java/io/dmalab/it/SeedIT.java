package io.dmalab.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Level;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.observe.FindingRecord;
import io.dmalab.core.Emulator;
import io.dmalab.core.run.Removal;
import io.dmalab.core.run.RunResult;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The mail that dmalab was founded on, end to end: what each regime does with the same history. */
class SeedIT {
    private static final long SECOND = 1_000_000_000L;
    private static final String SCENARIO = "dlpar-remove-under-load";
    /** The seed's call trace, innermost first. */
    private static final List<String> TRACE = List.of("tce_freemulti_pSeriesLP", "__iommu_free", "iommu_free", "dma_iommu_unmap_page",
            "dma_unmap_page_attrs", "page_pool_return_page", "page_pool_release", "page_pool_release_retry", "process_one_work");

    private final Emulator emulator = Emulator.load();

    private RunResult run(String scenario, String policy) {
        return emulator.run(emulator.request(scenario).withPolicy(policy));
    }

    private static List<String> log(RunResult result) {
        return result.log().stream().map(line -> line.text()).toList();
    }

    private static Removal removal(RunResult result) {
        assertThat(result.removals()).hasSize(1);
        return result.removals().getFirst();
    }

    @Test
    @DisplayName("free-policies.md P0, real-world-reports.md A1 and invariant 2, KernelProfile.poolTracksMappings: legacy with "
            + "KASAN: the removal succeeds, one warning, and later a use after free with the seed's call trace and three stacks")
    void legacy() {
        RunResult result = run(SCENARIO, "legacy");
        assertThat(removal(result).removed()).isTrue();
        assertThat(removal(result).blockedNanos(0)).isLessThan(SECOND);
        assertThat(log(result)).filteredOn("iommu_table_free: Unexpected TCEs"::equals).hasSize(1);
        FindingRecord found = result.findings().stream()
                .filter(f -> f.kind() == FindingKind.USE_AFTER_FREE && f.stacks().getFirst().functions().getFirst().equals(TRACE.getFirst()))
                .findFirst().orElseThrow(() -> new AssertionError(result.findings().toString()));
        assertThat(found.firstNanos()).isGreaterThan(removal(result).endNanos().orElseThrow());
        assertThat(found.where()).matches("kworker/\\d+:\\d+, CPU \\d+, workqueue events page_pool_release_retry");
        assertThat(found.stacks()).extracting(FindingRecord.Stack::title).containsExactly("accessed by", "allocated by", "freed by");
        assertThat(found.stacks().get(0).functions()).containsSubsequence(TRACE).startsWith(TRACE.get(0), TRACE.get(1), TRACE.get(2), TRACE.get(3));
        assertThat(found.stacks().get(1).functions()).contains("enable_ddw");
        assertThat(found.stacks().get(2).functions()).contains("iommu_table_free", "iommu_reconfig_notifier");
        int warned = log(result).indexOf("iommu_table_free: Unexpected TCEs");
        int reported = firstIndex(result, "BUG: KASAN: slab-use-after-free in ");
        assertThat(reported).isGreaterThan(warned);
        assertThat(result.exitCode()).isEqualTo(1);
    }

    @Test
    @DisplayName("free-policies.md P0, real-world-reports.md A1: legacy without KASAN: the rate-limited block with rc = -4 and the "
            + "LIOBN, and the suppressed callbacks")
    void legacyWithoutChecker() {
        RunResult result = emulator.run(emulator.request(SCENARIO).withPolicy("legacy").withKasan(false));
        List<String> log = log(result);
        int block = firstIndex(result, "tce_freemulti_pSeriesLP: plpar_tce_stuff failed");
        assertThat(block).isPositive();
        assertThat(log.get(block + 1)).isEqualTo("\trc      = -4");
        assertThat(log.get(block + 2)).isEqualTo("\tindex   = 0x70000016");
        assertThat(log.get(block + 3)).isEqualTo("\tnpages  = 0x1");
        assertThat(log).anyMatch(Pattern.compile("tce_freemulti_pSeriesLP: \\d+ callbacks suppressed").asMatchPredicate());
        assertThat(log).noneMatch(line -> line.contains("KASAN"));
        assertThat(result.found(FindingKind.HCALL_ERROR)).isTrue();
        assertThat(result.exitCode()).isEqualTo(1);
    }

    @Test
    @DisplayName("real-world-reports.md A1: the seed's own kernel prints its instrumented block")
    void instrumentedLayout() {
        RunResult result = emulator.run(emulator.request(SCENARIO).withPolicy("legacy").withKasan(false).withKernel("sle15sp6-6.4.0-instrumented"));
        int block = firstIndex(result, "tce_freemulti_pSeriesLP: plpar_tce_stuff failed");
        String block7 = String.join("\n", log(result).subList(block + 1, block + 8));
        assertThat(block7).matches("""
                \\trc += -4
                \\tindex += 0x70000016
                \\tlimit += 0x1
                \\ttce += 0x80000[0-9a-f]{10}
                \\tpgshift += 0x10
                \\tnpages += 0x1
                \\ttbl += 00000000[0-9a-f]{8}""");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    @DisplayName("free-policies.md P1: wait-for-drain: the removal waits, one line a poll, no use after free, and the window is "
            + "removed empty")
    void waitForDrain(long seed) {
        RunResult result = emulator.run(emulator.request(SCENARIO).withPolicy("wait-for-drain").withSeed(seed));
        assertThat(removal(result).removed()).isTrue();
        assertThat(removal(result).blockedNanos(0)).isBetween(SECOND, 120 * SECOND);
        assertThat(removal(result).mappedAfter()).isZero();
        long lines = log(result).stream().filter("iommu_table_free: Unexpected TCEs, wait for 50ms"::equals).count();
        assertThat(lines).isPositive().isEqualTo(result.metric(Metrics.POLL_ROUNDS));
        assertThat(log(result)).noneMatch(line -> line.contains("TCEs still mapped"));
        assertThat(result.metric(Metrics.FAILED_TCE_CALLS)).isZero();
        assertThat(result.metric(Metrics.DROPPED_TCES)).isZero();
        assertThat(result.metric(Metrics.LATE_UNMAPS)).isPositive();
        assertThat(result.clean()).as(result.findings().toString()).isTrue();
        assertThat(result.exitCode()).isZero();
    }

    @Test
    @DisplayName("free-policies.md P1 and invariant 5: wait-for-drain on a socket that nobody reads: gives up after 120 s a table, "
            + "warns, frees, and the later unmap is found")
    void waitForDrainGivesUp() {
        RunResult result = run("never-read-socket", "wait-for-drain");
        assertThat(removal(result).removed()).isTrue();
        assertThat(removal(result).blockedNanos(0)).isBetween(120 * SECOND, 122 * SECOND);
        List<String> log = log(result);
        assertThat(log).filteredOn("iommu_table_free: TCEs still mapped even after 120 seconds"::equals).hasSize(1);
        assertThat(result.log().stream().filter(l -> l.text().contains("TCEs still mapped")).findFirst().orElseThrow().level()).isEqualTo(Level.WARNING);
        assertThat(result.metric(Metrics.POLL_ROUNDS)).as("HZ 250: a sleep of 50 ms takes 56").isBetween(2140L, 2146L);
        FindingRecord found = result.finding(FindingKind.USE_AFTER_FREE).orElseThrow();
        assertThat(found.firstNanos()).isBetween(300 * SECOND, 303 * SECOND);
        assertThat(result.exitCode()).isEqualTo(1);
    }

    @Test
    @DisplayName("free-policies.md P2: wait without the swap: the hypervisor refuses every late unmap, but nothing freed is touched")
    void waitWithoutSwap() {
        RunResult result = run(SCENARIO, "wait-without-swap");
        assertThat(result.found(FindingKind.HCALL_ERROR)).isTrue();
        assertThat(result.found(FindingKind.USE_AFTER_FREE)).isFalse();
        assertThat(result.metric(Metrics.FAILED_TCE_CALLS)).isEqualTo(result.metric(Metrics.LATE_UNMAPS)).isGreaterThan(10);
        assertThat(removal(result).mappedAfter()).isZero();
    }

    @Test
    @DisplayName("free-policies.md P2: swap without the wait: the table is freed under the late unmaps")
    void swapWithoutWait() {
        RunResult result = run(SCENARIO, "swap-without-wait");
        assertThat(result.found(FindingKind.USE_AFTER_FREE)).isTrue();
        assertThat(removal(result).blockedNanos(0)).isLessThan(SECOND);
    }

    @Test
    @DisplayName("free-policies.md P9 and invariant 6: unmap-at-destroy: nothing is mapped when the driver has let go, pools live "
            + "on, no DMA call comes late")
    void unmapAtDestroy() {
        RunResult result = run(SCENARIO, "unmap-at-destroy");
        assertThat(removal(result).removed()).isTrue();
        assertThat(removal(result).blockedNanos(0)).isLessThan(SECOND);
        assertThat(removal(result).mappedAfter()).isZero();
        assertThat(result.metric(Metrics.LATE_UNMAPS)).isZero();
        assertThat(log(result)).noneMatch(line -> line.contains("Unexpected TCEs"));
        assertThat(result.clean()).isTrue();
    }

    @Test
    @DisplayName("free-policies.md P9, KernelProfile.poolTracksMappings: a kernel with the 2025 fix behaves so under the legacy "
            + "policy")
    void trackedKernel() {
        RunResult result = emulator.run(emulator.request(SCENARIO).withPolicy("legacy").withKernel("v6.16"));
        assertThat(result.metric(Metrics.LATE_UNMAPS)).isZero();
        assertThat(result.clean()).as(result.findings().toString()).isTrue();
    }

    @Test
    @DisplayName("free-policies.md P15a: direct window: late unmaps make no TCE call, nothing is found")
    void directWindow() {
        RunResult result = run("direct-window", "legacy");
        assertThat(removal(result).directMapped()).isTrue();
        assertThat(result.metric(Metrics.LATE_UNMAPS)).isPositive();
        assertThat(result.metric(Metrics.FAILED_TCE_CALLS)).isZero();
        assertThat(log(result)).noneMatch(line -> line.contains("Unexpected TCEs"));
        assertThat(result.clean()).as(result.findings().toString()).isTrue();
    }

    @Test
    @DisplayName("real-world-reports.md E3: policies see the same traffic: what arrives until the removal does not depend on them")
    void sameHistory() {
        RunResult legacy = run(SCENARIO, "legacy");
        for (String policy : List.of("wait-for-drain", "wait-without-swap", "swap-without-wait", "unmap-at-destroy")) {
            RunResult other = run(SCENARIO, policy);
            assertThat(other.metric(Metrics.RX_PACKETS)).isEqualTo(legacy.metric(Metrics.RX_PACKETS));
            assertThat(removal(other).mappedBefore()).isEqualTo(removal(legacy).mappedBefore());
        }
    }

    private static int firstIndex(RunResult result, String prefix) {
        List<String> log = log(result);
        for (int i = 0; i < log.size(); i++) {
            if (log.get(i).startsWith(prefix)) {
                return i;
            }
        }
        throw new AssertionError("no line starts with '" + prefix + "' in:\n" + String.join("\n", log.subList(Math.max(0, log.size() - 60), log.size())));
    }
}
