package io.dmalab.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Grade;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.observe.FindingRecord;
import io.dmalab.core.Emulator;
import io.dmalab.core.run.Removal;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.scenario.Scenario;
import io.dmalab.core.scenario.ScenarioReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The policies that live in page_pool, in the netdev's unregistration and in the driver: what each promises, and how it fails. */
class PoolPoliciesIT {
    private static final long SECOND = 1_000_000_000L;
    private static final String LOAD = "dlpar-remove-under-load";
    private static final String NEVER = "never-read-socket";
    private static final String FRAGMENT = "fragment-30s";
    private static final String RESIZE = "ring-resize-only";
    private static final Emulator EMULATOR = Emulator.load();

    private static RunResult run(String scenario, String policy) {
        return EMULATOR.run(EMULATOR.request(scenario).withPolicy(policy));
    }

    private static Removal removal(RunResult result) {
        assertThat(result.removals()).as(result::toString).hasSize(1);
        return result.removals().getFirst();
    }

    private static long blocked(RunResult result) {
        assertThat(removal(result).removed()).as(result::toString).isTrue();
        return removal(result).blockedNanos(result.virtualNanos());
    }

    private static void nothingLate(RunResult result) {
        assertThat(removal(result).mappedAfter()).isZero();
        assertThat(result.metric(Metrics.LATE_UNMAPS)).isZero();
        assertThat(result.clean()).as(result::toString).isTrue();
    }

    private static List<String> log(RunResult result) {
        return result.log().stream().map(line -> line.text()).toList();
    }

    // stall-unregister

    @ParameterizedTest
    @CsvSource({"v6.14, 1024", "v6.4, 1152"})
    @DisplayName("free-policies.md P4: the unregistration waits for the last page; a line every 1.152 s, as logged at HZ 250")
    void stallUnregister(String kernel, long intervalMs) {
        RunResult result = EMULATOR.run(EMULATOR.request(FRAGMENT).withPolicy("stall-unregister").withKernel(kernel));
        nothingLate(result);
        assertThat(blocked(result)).as("30 s from the fragments, a worker's period, one of the notice").isBetween(25 * SECOND, 29 * SECOND);
        List<Long> stalls = result.log().stream().filter(l -> l.text().endsWith("page pool release stalling device unregister"))
                .map(l -> l.timeNanos()).toList();
        assertThat(stalls).hasSizeGreaterThan(15);
        for (int i = 1; i < stalls.size(); i++) {
            assertThat(stalls.get(i) - stalls.get(i - 1)).as("four times msleep(250), which rounds up differently before 6.13")
                    .isCloseTo(intervalMs * 1_000_000L, within(5_000_000L));
        }
        assertThat(log(result)).filteredOn("unregister_netdevice: waiting for eth4 to become free. Usage count = 2"::equals).hasSize(2);
        assertThat(log(result)).noneMatch(line -> line.contains("Unexpected TCEs"));
    }

    @Test
    @DisplayName("free-policies.md P4: with a holder that has no bound the removal takes as long as it holds")
    void stallUnregisterForEver() {
        RunResult result = run(NEVER, "stall-unregister");
        nothingLate(result);
        assertThat(blocked(result)).as("the process is killed at 300 s").isBetween(297 * SECOND, 301 * SECOND);
    }

    @Test
    @DisplayName("free-policies.md P4: as posted it waits without an IOMMU too, where a late unmap does no harm; an option tells")
    void stallUnregisterWithoutIommu() {
        RunResult posted = run("direct-window", "stall-unregister");
        assertThat(blocked(posted)).isGreaterThan(5 * SECOND);
        assertThat(posted.metric(Metrics.LATE_UNMAPS)).isZero();
        RunResult choosy = run("direct-window", "stall-unregister,without-iommu=false");
        assertThat(blocked(choosy)).isLessThan(SECOND);
        assertThat(choosy.metric(Metrics.LATE_UNMAPS)).isPositive();
        assertThat(choosy.clean()).as(choosy::toString).isTrue();
        nothingLate(run(LOAD, "stall-unregister,without-iommu=false"));
    }

    // destroy-waits, bounded-stall-then-force

    @ParameterizedTest
    @ValueSource(strings = {LOAD, FRAGMENT, NEVER})
    @DisplayName("free-policies.md P5: page_pool_destroy waits for the last page, with the device still bound")
    void destroyWaits(String scenario) {
        RunResult result = run(scenario, "destroy-waits");
        nothingLate(result);
        assertThat(blocked(result)).isGreaterThan(5 * SECOND);
        assertThat(result.metric(Metrics.POLL_ROUNDS)).isGreaterThan(50);
    }

    @Test
    @DisplayName("free-policies.md P5: a mere ring resize waits in the same way, for nothing")
    void destroyWaitsAtResize() {
        RunResult legacy = run(RESIZE, "legacy");
        RunResult result = run(RESIZE, "destroy-waits");
        assertThat(result.metric(Metrics.POLL_ROUNDS)).isGreaterThan(50);
        assertThat(result.metric(Metrics.RX_PACKETS)).as("packets lost while the interface was closed")
                .isLessThan(legacy.metric(Metrics.RX_PACKETS) * 3 / 4);
    }

    @Test
    @DisplayName("free-policies.md P6: each pool is waited for at most for the cap, then nothing is mapped")
    void boundedStallThenForce() {
        RunResult result = run(NEVER, "bounded-stall-then-force,cap=2s");
        nothingLate(result);
        assertThat(blocked(result)).as("four pools").isBetween(8 * SECOND, 9 * SECOND);
        assertThat(result.metric(Metrics.HOT_PATH_NS)).isPositive();
        assertThat(blocked(run(FRAGMENT, "bounded-stall-then-force,cap=1min"))).as("the fragments come first")
                .isBetween(25 * SECOND, 28 * SECOND);
    }

    // device-reference

    @Test
    @DisplayName("free-policies.md P7a, a negative control: the struct lives, the table does not")
    void deviceReference() {
        RunResult held = run(LOAD, "device-reference");
        assertThat(held.findings()).filteredOn(f -> f.kind() == FindingKind.USE_AFTER_FREE).isNotEmpty()
                .noneMatch(f -> f.subject().contains("struct device") || f.subject().startsWith("device"));
        assertThat(held.metric(Metrics.FAILED_TCE_CALLS)).isPositive();
        assertThat(held.exitCode()).isEqualTo(1);
    }

    // scan-memmap, leak-map, drain-only

    @ParameterizedTest
    @ValueSource(strings = {LOAD, NEVER, FRAGMENT})
    @DisplayName("free-policies.md P10: what is out is found by looking at every struct page, which takes O(RAM) for each pool")
    void scanMemmap(String scenario) {
        RunResult legacy = run(scenario, "legacy");
        RunResult result = run(scenario, "scan-memmap");
        nothingLate(result);
        long scanned = result.metric("scanned_struct_pages");
        assertThat(scanned).as("four pools, 1 TiB of 64 KiB pages").isEqualTo(4L << 24);
        assertThat(blocked(result) - blocked(legacy)).isCloseTo(5 * scanned, within(SECOND / 100));
    }

    @Test
    @DisplayName("free-policies.md P11: nobody waits and nothing freed is touched, but each page that was out leaks its mapping")
    void leakMap() {
        RunResult result = run(LOAD, "leak-map");
        assertThat(result.metric(Metrics.LATE_UNMAPS)).isZero();
        assertThat(result.found(FindingKind.USE_AFTER_FREE)).isFalse();
        assertThat(result.metric("lost_mappings")).isEqualTo(removal(result).mappedAfter()).isEqualTo(result.metric(Metrics.LEAKED_TCES))
                .isPositive();
        RunResult resize = run(RESIZE, "leak-map");
        assertThat(resize.metric("lost_mappings")).as("the device is there, and what is lost stays in its window").isPositive();
        assertThat(resize.found(FindingKind.LEAK)).isTrue();
        assertThat(run(RESIZE, "legacy").found(FindingKind.LEAK)).isFalse();
    }

    @Test
    @DisplayName("free-policies.md P11: never with a wait for the table: what is forgotten keeps it in use to the end")
    void leakMapAndWait() {
        RunResult result = run(LOAD, "leak-map,table-wait=200s");
        assertThat(blocked(result)).as("a timer of 200 s fires up to an eighth later").isBetween(200 * SECOND, 225 * SECOND);
        assertThat(log(result)).filteredOn("iommu_table_free: Unexpected TCEs"::equals).hasSize(1);
        assertThat(blocked(run(LOAD, "leak-map"))).isLessThan(SECOND);
    }

    @Test
    @DisplayName("free-policies.md P18: the late unmaps are the same and come in the holder's context: an unmap after destroy is the bug")
    void drainOnly() {
        RunResult legacy = run(LOAD, "legacy");
        RunResult result = run(LOAD, "drain-only");
        assertThat(result.metric(Metrics.LATE_UNMAPS)).isEqualTo(legacy.metric(Metrics.LATE_UNMAPS)).isPositive();
        FindingRecord first = result.finding(FindingKind.USE_AFTER_FREE).orElseThrow();
        assertThat(first.stacks().getFirst().functions()).contains("page_pool_put_unrefed_page", "napi_pp_put_page")
                .doesNotContain("page_pool_release_retry");
        assertThat(first.firstNanos()).as("no worker's tick is waited for")
                .isLessThan(legacy.finding(FindingKind.USE_AFTER_FREE).orElseThrow().firstNanos());
    }

    // trackers

    @ParameterizedTest
    @ValueSource(strings = {"fixed-array", "item-blocks", "unmap-at-destroy"})
    @DisplayName("free-policies.md P8, P9: what is tracked is unmapped at destroy; nobody waits, whoever holds the pages")
    void trackers(String policy) {
        for (String scenario : List.of(LOAD, NEVER, FRAGMENT, "uevent-reader")) {
            RunResult result = run(scenario, policy);
            nothingLate(result);
            assertThat(blocked(result)).isLessThan(SECOND);
            assertThat(result.metric(Metrics.BYTES_PER_PAGE)).isPositive();
            assertThat(result.metric(Metrics.HOT_PATH_NS)).isPositive();
        }
    }

    @Test
    @DisplayName("free-policies.md P8a: sockets that hold more pages than the array has items bring reception to a halt; item_full counts")
    void fixedArrayRunsFull(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("hoarder.yaml"), HOARDER);
        RunResult full = run(file.toString(), "fixed-array");
        assertThat(full.metric("item_full")).isPositive().isEqualTo(full.metric(Metrics.REFUSED_PAGES));
        assertThat(full.found(FindingKind.ALLOCATION_FAILURE)).isTrue();
        assertThat(full.metric(Metrics.RX_DROPPED)).isPositive();
        nothingMappedAfter(full);
        for (String unlimited : List.of("item-blocks", "unmap-at-destroy", "legacy")) {
            RunResult other = run(file.toString(), unlimited);
            assertThat(other.metric(Metrics.RX_DROPPED)).as(unlimited).isZero();
            assertThat(other.metric(Metrics.RX_PACKETS)).as(unlimited).isGreaterThan(full.metric(Metrics.RX_PACKETS));
        }
        RunResult narrow = run(file.toString(), "unmap-at-destroy,id-bits=10");
        assertThat(narrow.metric(Metrics.REFUSED_PAGES)).as("1023 ids, a limit like any other").isPositive();
        assertThat(log(narrow)).anyMatch(line -> line.contains("couldn't track DMA mapping"));
    }

    private static void nothingMappedAfter(RunResult result) {
        assertThat(removal(result).removed()).isTrue();
        assertThat(removal(result).mappedAfter()).isZero();
        assertThat(result.metric(Metrics.LATE_UNMAPS)).isZero();
    }

    /** Sockets with room for all that comes and a reader that never comes. */
    private static final String HOARDER = """
            scenario: hoarder
            summary: packets pile up unread on one queue
            story: Two packets share a page of 4 KiB, and 8000 are held. The pool has 2048 items under fixed-array.
            kernel: v6.14
            hz: 250
            page-size: 4KiB
            cpus: 4
            platform: pseries
            devices:
              - name: eth4
                driver: { id: mlx, channels: 1, gro: false }
                traffic: { id: constant-rate, rate: 2kpps, packet-size: 1500B, flows: 64, duration: 4s }
            holders:
              - { id: never-read-socket, share: 1, process: hoarder, sockets: 64, receive-buffer: 6MiB }
            steps:
              - { at: 5s, do: remove, device: eth4 }
              - { at: 20s, do: kill-process, process: hoarder }
            limits: { time: 1min }
            policy: legacy
            """;

    // kick-holders, revoke-and-wait, driver-owned-mapping

    @Test
    @DisplayName("free-policies.md P14: fragments and defer lists are kicked and need not be waited for; a socket that is not read is")
    void kickHolders() {
        RunResult fragments = run(FRAGMENT, "kick-holders");
        nothingLate(fragments);
        assertThat(blocked(fragments)).as("a worker's period and a repetition of the notice, not the 25 s that are left")
                .isLessThan(3 * SECOND);
        RunResult socket = run(NEVER, "kick-holders");
        nothingLate(socket);
        assertThat(blocked(socket)).as("until the process is killed").isBetween(297 * SECOND, 301 * SECOND);
    }

    @Test
    @DisplayName("free-policies.md P14: without a wait afterwards even what was kicked loose comes too late: in the ring until the tick")
    void kickAlone() {
        RunResult result = run(FRAGMENT, "kick-holders,then=none");
        assertThat(result.metric("holder_kicks")).isEqualTo(1);
        assertThat(result.metric(Metrics.LATE_UNMAPS)).isPositive();
        FindingRecord found = result.finding(FindingKind.USE_AFTER_FREE).orElseThrow();
        assertThat(found.firstNanos() - removal(result).endNanos().orElseThrow()).as("at the worker's next tick")
                .isBetween(0L, 1_100_000_000L);
        assertThat(run(FRAGMENT, "legacy").finding(FindingKind.USE_AFTER_FREE).orElseThrow().firstNanos()).as("when the fragments expire")
                .isGreaterThan(29 * SECOND);
    }

    @Test
    @DisplayName("free-policies.md P17: who can copies or drops; what cannot be taken back is waited for without a bound")
    void revokeAndWait() {
        for (String scenario : List.of(LOAD, NEVER, FRAGMENT)) {
            RunResult result = run(scenario, "revoke-and-wait");
            nothingLate(result);
            assertThat(blocked(result)).as(scenario).isLessThan(3 * SECOND);
        }
        RunResult udp = run("uevent-reader", "revoke-and-wait");
        assertThat(blocked(udp)).as("nothing takes packets back from a UDP socket").isGreaterThan(590 * SECOND);
    }

    @Test
    @DisplayName("free-policies.md P15c, mlx-driver.md 9: nothing is mapped after the close; the policy makes of mlx what mlx-legacy is")
    void driverOwnedMapping(@TempDir Path folder) throws IOException {
        for (String scenario : List.of(LOAD, NEVER, FRAGMENT)) {
            RunResult result = run(scenario, "driver-owned-mapping");
            nothingLate(result);
            assertThat(blocked(result)).isLessThan(SECOND);
            long calls = result.metric("driver_page_maps") + result.metric("driver_page_unmaps");
            assertThat(result.metric(Metrics.HOT_PATH_NS)).isEqualTo(300 * calls).isPositive();
        }
        String legacy = EMULATOR.scenarioText(LOAD).replace("id: mlx,", "id: mlx-legacy,");
        Path file = Files.writeString(folder.resolve(LOAD + ".yaml"), legacy);
        RunResult byDriver = run(file.toString(), "legacy");
        RunResult byPolicy = run(LOAD, "driver-owned-mapping");
        assertThat(byDriver.metric("dma_maps")).isEqualTo(byPolicy.metric("dma_maps"));
        assertThat(byDriver.metric("driver_page_unmaps")).isEqualTo(byPolicy.metric("driver_page_unmaps"));
        assertThat(removal(byDriver).mappedBefore()).isEqualTo(removal(byPolicy).mappedBefore());
        assertThat(byDriver.metric(Metrics.LATE_UNMAPS)).isZero();
    }

    // who suffers

    @ParameterizedTest
    @CsvSource({"stall-unregister, 1", "kick-holders, 1", "revoke-and-wait, 1", "destroy-waits, 2", "bounded-stall-then-force, 0",
        "unmap-at-destroy, 0", "scan-memmap, 0", "legacy, 0"})
    @DisplayName("free-policies.md P4, P5: the journal hangs on the device's lock while the removal waits; with RTNL held ip hangs too")
    void innocentHungTasks(String policy, int victims) {
        RunResult result = run("uevent-reader", policy);
        assertThat(result.metric(Metrics.HUNG_TASKS)).isEqualTo(victims);
        List<String> hung = result.findings().stream().filter(f -> f.kind() == FindingKind.HUNG_TASK).map(FindingRecord::subject)
                .map(subject -> subject.replaceAll(":.*", "")).toList();
        assertThat(hung).isEqualTo(List.of("systemd-journal", "ip").subList(0, victims));
    }

    @Test
    @DisplayName("free-policies.md P5: a holder that needs RTNL to let go: the removal and the namespace wait for each other")
    void destroyWaitsForHolderThatNeedsRtnl(@TempDir Path folder) throws IOException {
        String text = EMULATOR.scenarioText(NEVER).replace("do: kill-process, process: leaky", "do: namespace-exit");
        String file = Files.writeString(folder.resolve(NEVER + ".yaml"), text).toString();
        RunResult stuck = run(file, "destroy-waits");
        assertThat(stuck.found(FindingKind.REMOVAL_UNFINISHED)).as(stuck::toString).isTrue();
        assertThat(stuck.finding(FindingKind.HUNG_TASK).orElseThrow().stacks().getFirst().functions()).contains("rtnl_lock", "cleanup_net");
        assertThat(stuck.metric(Metrics.RTNL_HELD_MAX_US)).as("to the end of the run").isGreaterThan(590_000_000L);
        RunResult stalled = run(file, "stall-unregister");
        assertThat(blocked(stalled)).as("the wait for references lets go of RTNL").isBetween(297 * SECOND, 301 * SECOND);
        assertThat(stalled.metric(Metrics.HUNG_TASKS)).isZero();
    }

    @Test
    @DisplayName("free-policies.md P15b: a bounced mapping's late unmap frees its slot where addresses agree, and misses it where they do not; skipped, slots leak")
    void bounceBuffers() {
        RunResult plain = bounced("dma-direct-unbind", "unmap");
        assertThat(plain.metric(Metrics.LATE_UNMAPS)).isPositive();
        assertThat(plain.metric("swiotlb_used_slots")).as("every slot has come back").isZero();
        assertThat(plain.found(FindingKind.LEAK)).isFalse();
        RunResult skipped = bounced("dma-direct-unbind", "skip");
        assertThat(skipped.metric("swiotlb_used_slots")).as("32 slots for each page of 64 KiB").isEqualTo(32 * skipped.metric(Metrics.LATE_UNMAPS));
        assertThat(skipped.found(FindingKind.LEAK)).isTrue();
        RunResult offset = bounced("dma-direct-offset", "unmap");
        assertThat(offset.metric("swiotlb_lost_buffers")).as("none finds its slot").isEqualTo(offset.metric(Metrics.LATE_UNMAPS));
        assertThat(offset.found(FindingKind.LEAK)).isTrue();
    }

    @Test
    @DisplayName("free-policies.md P7d: a module reference stops rmmod, and neither DLPAR nor what follows from it")
    void moduleReference() {
        assertThat(run(LOAD, "module-reference").metric(Metrics.LATE_UNMAPS)).isEqualTo(run(LOAD, "legacy").metric(Metrics.LATE_UNMAPS));
        assertThat(run(LOAD, "module-reference").found(FindingKind.USE_AFTER_FREE)).isTrue();
        Scenario rmmod = ScenarioReader.read(EMULATOR.scenarioText("dma-direct-offset").replace("do: remove,", "do: rmmod,"), "rmmod.yaml");
        RunResult legacy = EMULATOR.run(EMULATOR.request(rmmod).withPolicy("legacy").withoutLog());
        assertThat(legacy.removals()).singleElement().matches(Removal::removed);
        assertThat(legacy.metric("dma_direct_wrong_physical")).as("the range map is gone, as after any unbind").isPositive();
        RunResult held = EMULATOR.run(EMULATOR.request(rmmod).withPolicy("module-reference").withoutLog());
        assertThat(held.removals()).singleElement().extracting(Removal::outcome).asString().contains("module mlx5_core is in use");
        assertThat(held.metric(Metrics.LATE_UNMAPS)).isZero();
    }

    @Test
    @DisplayName("free-policies.md P16, real-world-reports.md A6: what a provider mapped no pool policy sees; unmapped at uninstall, nothing is late")
    void providerUnmaps() {
        for (String blind : List.of("legacy", "unmap-at-destroy", "item-blocks", "scan-memmap")) {
            RunResult late = run("zcrx-area", blind);
            assertThat(late.metric(Metrics.LATE_UNMAPS)).as(blind).isEqualTo(64);
            assertThat(late.found(FindingKind.USE_AFTER_FREE)).as(blind).isTrue();
        }
        RunResult early = run("zcrx-area", "provider-unmaps");
        assertThat(early.findings()).isEmpty();
        assertThat(early.removals()).singleElement().matches(Removal::removed);
        assertThat(run(LOAD, "provider-unmaps").metric(Metrics.LATE_UNMAPS)).isEqualTo(run(LOAD, "legacy").metric(Metrics.LATE_UNMAPS));
    }

    private static RunResult bounced(String scenario, String late) {
        RunResult run = EMULATOR.run(EMULATOR.request(scenario).withPolicy("bounce-buffers,late=" + late).withoutLog());
        assertThat(run.worst()).isNotEqualTo(Grade.FORBIDDEN);
        return run;
    }
}
