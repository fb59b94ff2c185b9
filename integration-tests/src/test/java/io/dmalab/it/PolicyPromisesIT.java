package io.dmalab.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.core.Emulator;
import io.dmalab.core.run.Removal;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.scenario.Scenario;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What free-policies.md promises of each policy, in every scenario of the library. */
class PolicyPromisesIT {
    private static final Emulator EMULATOR = Emulator.load();
    private static final Map<String, RunResult> RUNS = new LinkedHashMap<>();

    private static final long SECOND = 1_000_000_000L;
    /** What drmgr, drivers and RTAS take without any wait. */
    private static final long TOOL_NANOS = SECOND / 2;
    /** Scenarios whose connector is isolated before the node is detached. */
    private static final Set<String> ISOLATED_FIRST = Set.of("isolated-slot");
    /** Scenarios whose device has mappings in both of its tables. */
    private static final Set<String> TWO_TABLES = Set.of("two-tables");
    private static final String GAVE_UP = "iommu_table_free: TCEs still mapped even after 120 seconds";
    private static final Set<FindingKind> UNSAFE = Set.of(FindingKind.USE_AFTER_FREE, FindingKind.OOPS, FindingKind.DOUBLE_FREE,
            FindingKind.FOREIGN_ENTRY_CLEARED, FindingKind.HCALL_ERROR);
    private static final Set<FindingKind> BLOCKED_WRONGLY = Set.of(FindingKind.SLEEP_IN_ATOMIC, FindingKind.DEADLOCK,
            FindingKind.LOCK_ORDER, FindingKind.HUNG_TASK, FindingKind.REMOVAL_UNFINISHED);

    /** When a policy lets something unsafe happen; the columns "UAF" and "remover blocked" of the sheet's comparison. */
    enum Promise {
        LEGACY("legacy", Safe.NEVER, 0),
        SWAP_WITHOUT_WAIT("swap-without-wait", Safe.NEVER, 0),
        WAIT_WITHOUT_SWAP("wait-without-swap", Safe.UNTIL_THE_DEADLINE_BUT_FOR_REFUSED_CALLS, 120),
        WAIT_FOR_DRAIN("wait-for-drain", Safe.UNTIL_THE_DEADLINE, 120),
        UNMAP_AT_DESTROY("unmap-at-destroy", Safe.FOR_POOLS, 0);

        final String policy;
        final Safe safe;
        final long boundSeconds;

        /** @param boundSeconds for which the remover may be blocked, for each table */
        Promise(String policy, Safe safe, long boundSeconds) {
            this.policy = policy;
            this.safe = safe;
            this.boundSeconds = boundSeconds;
        }
    }

    private enum Safe { NEVER, UNTIL_THE_DEADLINE, UNTIL_THE_DEADLINE_BUT_FOR_REFUSED_CALLS, FOR_POOLS }

    private static List<RunResult> runs(Promise promise) {
        List<RunResult> runs = new ArrayList<>();
        for (Scenario scenario : EMULATOR.scenarios()) {
            if (scenario.platform().id().equals("pseries") && scenario.expect().containsKey(promise.policy)) {
                runs.add(RUNS.computeIfAbsent(promise.policy + " " + scenario.id(),
                        any -> EMULATOR.run(EMULATOR.request(scenario).withPolicy(promise.policy))));
            }
        }
        assertThat(runs).hasSizeGreaterThan(5);
        return runs;
    }

    private static List<FindingKind> found(RunResult run, Set<FindingKind> kinds) {
        return run.findings().stream().map(finding -> finding.kind()).filter(kinds::contains).distinct().toList();
    }

    private static boolean leftMapped(RunResult run) {
        return run.removals().stream().anyMatch(removal -> removal.mappedAfter() > 0 && !removal.directMapped());
    }

    private static boolean gaveUp(RunResult run) {
        return run.log().stream().anyMatch(line -> line.text().equals(GAVE_UP));
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("free-policies.md invariant 1, comparison: nothing freed is touched and no call made on a removed LIOBN, or else only "
            + "where the sheet says that this policy fails; and where it fails it is found")
    void safety(Promise promise) {
        for (RunResult run : runs(promise)) {
            List<FindingKind> unsafe = found(run, UNSAFE);
            switch (promise.safe) {
                case NEVER -> assertThat(!unsafe.isEmpty()).as(run.toString()).isEqualTo(leftMapped(run));
                case UNTIL_THE_DEADLINE -> {
                    if (ISOLATED_FIRST.contains(run.scenario())) { // the sheet's open doubt: then it waits for a window that is gone
                        assertThat(unsafe).as(run.toString()).containsExactly(FindingKind.HCALL_ERROR);
                    } else {
                        assertThat(!unsafe.isEmpty()).as(run.toString()).isEqualTo(gaveUp(run));
                    }
                }
                case UNTIL_THE_DEADLINE_BUT_FOR_REFUSED_CALLS -> {
                    assertThat(unsafe.contains(FindingKind.USE_AFTER_FREE)).as(run.toString()).isEqualTo(gaveUp(run));
                    assertThat(unsafe).as(run.toString()).isSubsetOf(FindingKind.USE_AFTER_FREE, FindingKind.HCALL_ERROR);
                }
                case FOR_POOLS -> {
                    if (run.metric(Metrics.RX_PACKETS) > 0) { // a driver without pools is out of its reach
                        assertThat(unsafe).as(run.toString()).isEmpty();
                    }
                }
            }
            boolean refused = promise.boundSeconds > 0 && ISOLATED_FIRST.contains(run.scenario());
            if (!leftMapped(run) && promise.safe != Safe.UNTIL_THE_DEADLINE_BUT_FOR_REFUSED_CALLS && !refused) {
                assertThat(unsafe).as("nothing was mapped when the table went: %s", run).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("free-policies.md invariant 2, comparison: every removal returns within the policy's bound, and what it took is reported")
    void liveness(Promise promise) {
        long longest = 0;
        for (RunResult run : runs(promise)) {
            for (Removal removal : run.removals()) {
                assertThat(removal.removed()).as("%s: %s", run, removal.outcome()).isTrue();
                long blocked = removal.blockedNanos(run.virtualNanos());
                long tables = TWO_TABLES.contains(run.scenario()) ? 2 : 1;
                assertThat(blocked).as(run.toString()).isPositive().isLessThan(tables * promise.boundSeconds * SECOND + TOOL_NANOS);
                longest = Math.max(longest, blocked);
            }
        }
        assertThat(longest).as("a socket that nobody reads takes it to its bound").isGreaterThanOrEqualTo(promise.boundSeconds * SECOND);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("free-policies.md invariant 4: no policy sleeps in atomic context or waits under a lock that a holder needs")
    void waitingIsLegal(Promise promise) {
        assertThat(runs(promise)).allSatisfy(run -> assertThat(found(run, BLOCKED_WRONGLY)).as(run.toString()).isEmpty());
        if (promise.boundSeconds > 0) {
            assertThat(runs(promise)).as("it did wait").anyMatch(run -> run.metric(Metrics.POLL_ROUNDS) > 0);
        }
    }

    @ParameterizedTest
    @EnumSource(names = "UNMAP_AT_DESTROY")
    @DisplayName("real-world-reports.md invariant 6: tracked: no late DMA call in any reported scenario with a pool")
    void tracked(Promise promise) {
        List<RunResult> pools = runs(promise).stream()
                .filter(run -> run.metric(Metrics.RX_PACKETS) > 0 && !run.removals().isEmpty()).toList();
        assertThat(pools).hasSizeGreaterThan(3)
                .allSatisfy(run -> assertThat(run.metric(Metrics.LATE_UNMAPS)).as(run.toString()).isZero());
        assertThat(pools).allSatisfy(run -> assertThat(run.removals()).allMatch(removal -> removal.mappedAfter() == 0));
        assertThat(pools).as("they are the scenarios in which legacy is late").allMatch(run -> runs(Promise.LEGACY).stream()
                .anyMatch(legacy -> legacy.scenario().equals(run.scenario()) && legacy.metric(Metrics.LATE_UNMAPS) > 0));
    }
}
