package io.dmalab.it;

import static io.dmalab.it.Runs.EMULATOR;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.scenario.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The invariants of free-policies.md that hold for every policy, over all scenarios and the policies that have a part in them. */
class PolicyInvariantsIT {
    /** Policies that end the mappings of pages which are out when the pool is destroyed, and so never unmap late. */
    private static final Set<String> END_MAPPINGS = Set.of("unmap-at-destroy", "fixed-array", "item-blocks", "scan-memmap",
            "bounded-stall-then-force", "driver-owned-mapping");
    /** Scenarios whose late mappings are a memory provider's, which no pool knows of. */
    private static final Set<String> PROVIDERS = Set.of("zcrx-area");
    /** Policies that wait with RTNL held: what they fail by. */
    private static final Set<String> WAIT_UNDER_RTNL = Set.of("destroy-waits", "bounded-stall-then-force");
    /** Policies that wait for the last page, without a bound. */
    private static final Set<String> WAIT = Set.of("stall-unregister", "destroy-waits", "kick-holders", "revoke-and-wait");
    /** Policies that change nothing about it: negative controls. */
    private static final Set<String> AS_LEGACY = Set.of("device-reference", "drain-only");
    private static final List<FindingKind> LEGACY = List.of(FindingKind.USE_AFTER_FREE, FindingKind.HCALL_ERROR, FindingKind.LATE_UNMAP);
    private static final Set<String> SCENARIOS = Set.of("direct-window", "dlpar-remove-under-load", "fd-holder", "fragment-30s",
            "lpm-bond-failover", "never-read-socket", "ring-resize-only", "uevent-reader");
    /** RTNL's holders sleep for firmware commands and grace periods; nobody else does. */
    private static final long RTNL_US = 500_000;
    /** Struct pages that scan-memmap looked at, and what it takes to look at one. */
    private static final String SCANNED = "scanned_struct_pages";
    private static final long STRUCT_PAGE_NS = 5;

    static Stream<Arguments> runs() {
        List<Arguments> all = new ArrayList<>();
        for (Scenario scenario : EMULATOR.scenarios()) {
            Runs.policies(scenario).forEach(policy -> all.add(Arguments.of(scenario, policy)));
        }
        return all.stream();
    }

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest(name = "{1}: {0}")
    @MethodSource("runs")
    @DisplayName("free-policies.md invariants 3, 4 and 6, and what is found")
    void invariants(Scenario scenario, String policy) {
        RunResult result = Runs.of(scenario, policy).result();
        assertThat(result.metric("dma_maps")).as("3: maps == unmaps + still mapped + dropped unmaps")
                .isEqualTo(result.metric("dma_unmaps") + result.metric("dma_live") + result.metric("dma_dropped_unmaps"));
        assertThat(result.found(FindingKind.SLEEP_IN_ATOMIC)).as("4: no policy blocks in atomic context").isFalse();
        assertThat(result.found(FindingKind.LOCK_ORDER)).isFalse();
        if (!WAIT_UNDER_RTNL.contains(policy)) {
            // scan-memmap does not wait either, but walks: 1 TiB in pages of 4 KiB is 256 million struct pages, 1.3 s for each pool
            assertThat(result.metric(Metrics.RTNL_HELD_MAX_US)).as("4: no wait with RTNL held")
                    .isLessThan(RTNL_US + result.metric(SCANNED) * STRUCT_PAGE_NS / 1000);
        }
        if (END_MAPPINGS.contains(policy) && !PROVIDERS.contains(scenario.id())
                && scenario.devices().stream().allMatch(d -> d.driver().id().equals("mlx"))) {
            assertThat(result.metric(Metrics.LATE_UNMAPS)).as("6: no late DMA call").isZero();
            result.removals().forEach(removal -> assertThat(removal.mappedAfter()).as("6: no entry of a destroyed pool is left").isZero());
        }
        expected(scenario.id(), policy).ifPresent(kinds -> assertThat(result.findings().stream().map(f -> f.kind()).distinct().toList())
                .as(result::toString).containsExactlyInAnyOrderElementsOf(kinds));
    }

    /** What the policies of this sheet's rows find in the scenarios that are there since they are; empty: not said here. */
    private static Optional<List<FindingKind>> expected(String scenario, String policy) {
        if (!SCENARIOS.contains(scenario)) {
            return Optional.empty();
        }
        boolean poolPolicy = END_MAPPINGS.contains(policy) || WAIT.contains(policy) || AS_LEGACY.contains(policy) || policy.equals("leak-map");
        if (!poolPolicy) {
            return Optional.empty();
        }
        if (scenario.equals("fd-holder")) {
            // mappings of open files, in which no page_pool has a hand
            return Optional.of(LEGACY);
        }
        if (policy.equals("leak-map")) {
            return Optional.of(List.of(FindingKind.LEAK));
        }
        if (AS_LEGACY.contains(policy)) {
            return Optional.of(switch (scenario) {
                case "direct-window" -> List.of(FindingKind.LATE_UNMAP);
                case "ring-resize-only" -> List.of();
                default -> LEGACY;
            });
        }
        return Optional.of(scenario.equals("uevent-reader") && WAIT.contains(policy) ? List.of(FindingKind.HUNG_TASK) : List.of());
    }
}
