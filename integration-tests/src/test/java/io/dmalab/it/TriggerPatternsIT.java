package io.dmalab.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.core.Emulator;
import io.dmalab.core.run.Removal;
import io.dmalab.core.run.RunResult;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the scenarios' stories say of times and numbers; which kinds are found is ScenariosIT's. */
class TriggerPatternsIT {
    private static final Emulator EMULATOR = Emulator.load();
    private static final String WAIT = "wait-for-drain";
    private static final String LEGACY = "legacy";

    private static RunResult run(String scenario, String policy) {
        return EMULATOR.run(EMULATOR.request(scenario).withPolicy(policy));
    }

    private static double blockedSeconds(RunResult run, String device) {
        Removal removal = run.removals().stream().filter(r -> r.device().equals(device)).findFirst().orElseThrow();
        assertThat(removal.removed()).as(removal.outcome()).isTrue();
        return removal.blockedNanos(run.virtualNanos()) / 1e9;
    }

    private static double firstSeconds(RunResult run, FindingKind kind) {
        return run.findings().stream().filter(finding -> finding.kind() == kind).mapToLong(finding -> finding.firstNanos()).min()
                .orElseThrow(() -> new AssertionError(kind + " is not found: " + run)) / 1e9;
    }

    @Test
    @DisplayName("real-world-reports.md C2: a fragment's page is late until its 30 s are over; the wait takes what is left of them")
    void fragment() {
        assertThat(blockedSeconds(run("fragment-30s", WAIT), "eth4")).isBetween(25.0, 28.0);
    }

    @Test
    @DisplayName("real-world-reports.md C3: what lies on an idle CPU's defer list outlasts the 120 s; the use after free comes when it wakes")
    void idleCpu() {
        RunResult run = run("idle-cpu-defer", WAIT);
        assertThat(blockedSeconds(run, "eth4")).isBetween(120.0, 120.5);
        assertThat(firstSeconds(run, FindingKind.USE_AFTER_FREE)).isBetween(200.0, 201.1);
        assertThat(firstSeconds(run("idle-cpu-defer", LEGACY), FindingKind.USE_AFTER_FREE)).isBetween(200.0, 201.1);
    }

    @Test
    @DisplayName("real-world-reports.md C3, netstack-holders.md section 6: a CPU that goes offline empties its defer list, and the wait ends")
    void idleCpuOffline() {
        assertThat(blockedSeconds(run("defer-cpu-offline", WAIT), "eth4")).isBetween(10.0, 11.2);
    }

    @Test
    @DisplayName("real-world-reports.md B8, C5: ss -K does not reach a socket in CLOSE; its pages come home when the process exits")
    void closeWait() {
        RunResult run = run("close-wait-rst", WAIT);
        assertThat(blockedSeconds(run, "eth4")).as("killing the socket at 60 s does not end the wait").isGreaterThanOrEqualTo(120);
        assertThat(firstSeconds(run, FindingKind.HCALL_ERROR)).isBetween(180.0, 181.1);
    }

    @Test
    @DisplayName("real-world-reports.md C6: of twenty removals few leave a page behind, and one of them is enough")
    void vfLoop() {
        for (long seed = 1; seed <= 5; seed++) {
            RunResult run = EMULATOR.run(EMULATOR.request("vf-loop").withPolicy(LEGACY).withSeed(seed).withoutLog());
            assertThat(run.removals()).hasSize(20);
            assertThat(run.removals().stream().filter(removal -> removal.mappedAfter() > 0).count()).as(run.toString()).isBetween(1L, 8L);
            assertThat(run.found(FindingKind.OOPS)).as(run.toString()).isTrue();
        }
    }

    @Test
    @DisplayName("real-world-reports.md C7: from the slot's isolation on each unmap is refused, in the wait and without it")
    void isolated() {
        RunResult run = run("isolated-slot", WAIT);
        assertThat(blockedSeconds(run, "eth4")).as("the reader comes after 5 s, and lets the wait end").isBetween(1.0, 7.0);
        assertThat(run.metric(Metrics.FAILED_TCE_CALLS)).isGreaterThanOrEqualTo(run.metric(Metrics.LATE_UNMAPS));
    }

    @Test
    @DisplayName("real-world-reports.md C11: a stuck ring holds for its driver's watchdog time of 15 s at most")
    void forwarder() {
        assertThat(blockedSeconds(run("forwarder", WAIT), "eth4")).isBetween(5.0, 16.5);
    }

    @Test
    @DisplayName("real-world-reports.md C14: a removal with nothing to wait for queues behind the other's 120 s")
    void twoRemovals() {
        RunResult run = run("two-removals-queued", WAIT);
        assertThat(blockedSeconds(run, "eth4")).isBetween(120.0, 120.5);
        assertThat(blockedSeconds(run, "eth6")).isBetween(118.5, 120.0);
        assertThat(blockedSeconds(run("two-removals-queued", LEGACY), "eth6")).isLessThan(0.2);
    }

    @Test
    @DisplayName("real-world-reports.md A8: the detector counts the pages that are late afterwards; one of them is printed")
    void dmaDebug() {
        RunResult run = run("dma-debug-unbind", LEGACY);
        assertThat(run.log()).anySatisfy(line -> assertThat(line.text()).endsWith("device driver has pending DMA allocations while "
                + "released from device [count=" + run.metric(Metrics.LATE_UNMAPS) + "]"));
        assertThat(run("dma-debug-unbind", "unmap-at-destroy").log()).noneMatch(line -> line.text().contains("pending DMA allocations"));
    }

    @Test
    @DisplayName("real-world-reports.md C10: while its number is not given out a late call is refused; then it clears the stranger's entries")
    void stranger() {
        RunResult run = run("liobn-stranger", LEGACY);
        assertThat(firstSeconds(run, FindingKind.HCALL_ERROR)).isLessThan(firstSeconds(run, FindingKind.FOREIGN_ENTRY_CLEARED));
        assertThat(firstSeconds(run, FindingKind.EEH_FREEZE)).isGreaterThanOrEqualTo(firstSeconds(run, FindingKind.FOREIGN_ENTRY_CLEARED));
    }

    @Test
    @DisplayName("real-world-reports.md C12, dlpar-and-notifiers.md invariant 2: a device with residue in both tables is waited for twice")
    void twoTables() {
        RunResult run = run("two-tables", WAIT);
        assertThat(blockedSeconds(run, "tt0")).isBetween(240.0, 240.3);
        assertThat(run.log().stream().filter(line -> line.text().contains("TCEs still mapped even after 120 seconds"))).hasSize(2);
        assertThat(blockedSeconds(run("two-tables", LEGACY), "tt0")).isLessThan(1);
    }
}
