package io.dmalab.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.observe.FindingRecord;
import io.dmalab.api.observe.Observer;
import io.dmalab.api.observe.TraceRecord;
import io.dmalab.api.tracepoint.DmaEvents;
import io.dmalab.core.Emulator;
import io.dmalab.core.run.Removal;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.scenario.ScenarioReader;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The same seed and the same holders, under different policies and back ends: some pages are back within seconds, some after the wait's 120
 * seconds, and a few when their process is killed.
 */
class SameHistoryIT {
    private static final Emulator EMULATOR = Emulator.load();
    private static final String SCENARIO = """
            scenario: same-history
            kernel: v6.14
            cpus: 4
            memory: { ram: 64GiB }
            platform: { id: pseries, %s }
            devices:
              - name: eth4
                driver: { id: mlx, channels: 2, ack-every: 0 }
                traffic: { id: poisson, rate: 2kpps, packet-size: 1500B, flows: 16, duration: 3s }
            holders:
              - { id: tcp-receive-queue, share: 0.9, process: iperf3, sockets: 4 }
              - { id: ip-frag, share: 0.01 }
              - { id: hold, share: 0.01, time: { uniform: { min: 60s, max: 200s } }, reason: slow }
              - { id: never-read-socket, share: 0.002, process: leaky, sockets: 2 }
            steps:
              - { at: 0s, do: loopback-traffic, duration: 6min }
              - { at: 2s, do: remove, device: eth4 }
              - { at: 300s, do: kill-process, process: leaky }
            limits: { time: 10min }
            """;
    private static final String DYNAMIC = "max-memory: 1TiB";
    private static final String DIRECT = "iommu: pseries-direct, max-memory: 64GiB";

    /** A run and the DMA addresses that were unmapped after the removal had returned, and so after window and table were gone. */
    private record Run(RunResult result, Set<Long> afterTheRemoval) {
        boolean touchedFreedMemory() {
            return result.found(FindingKind.USE_AFTER_FREE);
        }
    }

    private static RunRequest request(String platform, String policy, long seed) {
        return EMULATOR.request(ScenarioReader.read(SCENARIO.formatted(platform), "same-history.yaml")).withPolicy(policy).withSeed(seed);
    }

    private static Run run(RunRequest request) {
        List<TraceRecord> unmaps = new ArrayList<>();
        RunResult result = EMULATOR.run(request.withObservers(List.of(new Observer() {
            @Override
            public void event(TraceRecord event) {
                if (event.type() == DmaEvents.UNMAP) {
                    unmaps.add(event);
                }
            }

            @Override
            public boolean wantsEvents() {
                return true;
            }
        })));
        assertThat(result.removals()).hasSize(1).allMatch(Removal::removed);
        long gone = result.removals().getFirst().endNanos().orElseThrow();
        Set<Long> after = new LinkedHashSet<>();
        unmaps.stream().filter(event -> event.timeNanos() > gone)
                .forEach(event -> after.add((Long) event.value("dma_addr")));
        return new Run(result, after);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    @DisplayName("free-policies.md invariant 7, real-world-reports.md E7: what the seed's patch unmaps too late is a part of what legacy does, "
            + "tracked nothing; and the removal's result says beforehand how many that will be")
    void subsets(long seed) {
        Run legacy = run(request(DYNAMIC, "legacy", seed));
        Run wait = run(request(DYNAMIC, "wait-for-drain", seed));
        Run tracked = run(request(DYNAMIC, "unmap-at-destroy", seed));
        assertThat(legacy.touchedFreedMemory()).isTrue();
        assertThat(wait.touchedFreedMemory()).as("some holders outlast the 120 seconds").isTrue();
        assertThat(tracked.touchedFreedMemory()).isFalse();
        assertThat(tracked.afterTheRemoval()).isEmpty();
        assertThat(wait.afterTheRemoval()).isNotEmpty();
        assertThat(legacy.afterTheRemoval()).containsAll(wait.afterTheRemoval()).hasSizeGreaterThan(wait.afterTheRemoval().size());
        assertThat(legacy.afterTheRemoval()).hasSize(legacy.result().removals().getFirst().mappedAfter());
        assertThat(wait.afterTheRemoval()).hasSize(wait.result().removals().getFirst().mappedAfter());
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2})
    @DisplayName("real-world-reports.md invariant 5: without tables the crash is gone, the late unmaps are not")
    void theCrashHidesTheCountStays(long seed) {
        Run table = run(request(DYNAMIC, "legacy", seed));
        Run direct = run(request(DIRECT, "legacy", seed));
        assertThat(table.touchedFreedMemory()).isTrue();
        assertThat(direct.result().clean()).as(direct.result().toString()).isTrue();
        assertThat(direct.result().removals().getFirst().directMapped()).isTrue();
        assertThat(direct.result().metric(Metrics.LATE_UNMAPS)).isPositive().isEqualTo(table.result().metric(Metrics.LATE_UNMAPS));
    }

    @Test
    @DisplayName("real-world-reports.md invariant 1: pSeries: refused calls (-4), then a use after free; a direct mapping: nothing")
    void classOfCrash() {
        int both = 0;
        for (long seed = 1; seed <= 4; seed++) {
            RunResult production = EMULATOR.run(request(DYNAMIC, "legacy", seed).withKasan(false));
            assertThat(production.findings()).as(production.toString()).extracting(FindingRecord::kind)
                    .isSubsetOf(FindingKind.HCALL_ERROR, FindingKind.OOPS, FindingKind.LATE_UNMAP, FindingKind.LEAK)
                    .contains(FindingKind.LATE_UNMAP);
            assertThat(production.found(FindingKind.HCALL_ERROR) || production.found(FindingKind.OOPS)).isTrue();
            Optional<FindingRecord> refused = production.finding(FindingKind.HCALL_ERROR);
            Optional<FindingRecord> oops = production.finding(FindingKind.OOPS);
            assertThat(production.log().stream().anyMatch(line -> line.text().equals("\trc      = -4"))).isEqualTo(refused.isPresent());
            if (refused.isPresent() && oops.isPresent()) {
                assertThat(oops.get().firstNanos()).as("the stale table works until its memory is reused")
                        .isGreaterThan(refused.get().firstNanos());
                both++;
            }
        }
        assertThat(both).isPositive();
        assertThat(EMULATOR.run(request(DIRECT, "legacy", 1).withKasan(false)).findings()).extracting(FindingRecord::kind)
                .containsExactly(FindingKind.LATE_UNMAP);
    }
}
