package io.dmalab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.core.Emulator;
import io.dmalab.core.explore.Plan;
import io.dmalab.core.explore.Verdict;
import io.dmalab.core.run.Exploration;
import io.dmalab.core.run.Explorer;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.scenario.ScenarioReader;
import io.dmalab.core.scenario.Setting;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Each known fix of the model, put in and taken out: a proof with it, a violation without. A policy, or {@code kernel:} and a profile, stands
 * for the fix. The table in docs/findings.md tells the same.
 */
class FixesTest {
    private static final Emulator EMULATOR = Emulator.load();

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            mappings are tracked and unmapped at destroy | seed-race | | unmap-at-destroy | legacy | dma_iommu_unmap_page read it_page_shift
            the producer's lock once more before the pool is freed | ring-producer-against-pool-free | | kernel:v6.16 | kernel:v6.14 | recycle_stats
            the wait of the mail's first hunk | seed-race | it_map | wait-for-drain,interval=1s,cap=forever | swap-without-wait | dma_iommu_unmap_page read it_page_shift
            a table in use at the deadline is kept, not freed | seed-race | it_map | wait-then-quarantine,interval=1s,cap=1s | wait-for-drain,interval=1s,cap=1s | of a freed iommu_table
            each mapping holds the table | seed-race | it_map | table-reference | legacy | dma_iommu_unmap_page read it_page_shift
            a grace period before the table goes | two-users | | null-base | null-base,grace-period=0s | iommu_free read it_ops
            a generation tells old from new | liobn-reuse-race | | generation-check | legacy | a late unmap of
            the unregistration stalls while pages are out | interface-goes | | stall-unregister | legacy | dma_iommu_unmap_page read it_page_shift
            what was kicked loose is waited for | interface-goes | | kick-holders | kick-holders,then=none | dma_iommu_unmap_page read it_page_shift
            page_pool_destroy waits for its pages | interface-goes | | destroy-waits | legacy | dma_iommu_unmap_page read it_page_shift
            """)
    @DisplayName("with the fix every interleaving is safe, without it one is not")
    void fix(String fix, String world, String steps, String with, String without, String harm) {
        Exploration fixed = explore(world, steps, with);
        assertThat(fixed.verdict()).as("%s: %s", fix, fixed.violations()).isEqualTo(Verdict.SAFE);
        Exploration broken = explore(world, steps, without);
        assertThat(broken.verdict()).as(fix).isEqualTo(Verdict.VIOLATION);
        assertThat(broken.violations().getFirst().finding().detail()).as(fix).contains(harm);
    }

    private static Exploration explore(String world, String steps, String variant) {
        RunRequest request = EMULATOR.request(world);
        if (steps != null) {
            request = request.withSetting(Setting.parse("explore.steps=[" + steps + "]", "test"), "test");
        }
        request = variant.startsWith("kernel:") ? request.withKernel(ScenarioReader.profile(variant.substring("kernel:".length()), "test"))
                : request.withPolicy(variant);
        Plan plan = new Plan(Plan.Kind.EXHAUSTIVE, 2, Long.MAX_VALUE, Duration.ofMinutes(2), 10_000, false, 1);
        return EMULATOR.explore(request, plan, Explorer.Watch.NONE);
    }
}
