package io.dmalab.it;

import static io.dmalab.it.Runs.EMULATOR;
import static io.dmalab.it.Runs.LEGACY;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.core.run.Removal;
import io.dmalab.core.scenario.Scenario;
import io.dmalab.it.Runs.Past;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Common random numbers: what {@code compare} pairs has the same past, whatever the policy. */
class CommonHistoryIT {
    /** Policies that make page_pool_destroy take seconds, with RTNL held: they act wherever rings are closed, not only in a removal. */
    private static final Set<String> SLOW_DESTROY = Set.of("bounded-stall-then-force", "destroy-waits", "scan-memmap");
    /** Scenarios in which rings are closed before anything is removed: by a failover, by another MTU. */
    private static final Set<String> CLOSE_FIRST = Set.of("lpm-bond-failover", "mtu-then-remove");
    private static final String CLOSES_FIRST = "lpm-bond-failover";
    /** Makes no table at probe, which so takes less time, and everything after it is that much earlier; it draws and receives the same. */
    private static final String SHORTER_BOOT = "direct-window";
    /** Each mapping, or each table that is given up, takes them a moment longer, in a probe too; everything after it is that much later. */
    private static final Set<String> LONGER_BOOT = Set.of("null-base", "table-reference", "wait-then-quarantine", "window-reference", "zombie-table");
    private static final long PROBE_NANOS = 100_000_000;

    /** Scenarios in which something is removed: without that there is no past to be the same. */
    static Stream<Scenario> scenarios() {
        return EMULATOR.scenarios().stream().filter(scenario -> !Runs.of(scenario, LEGACY).result().removals().isEmpty());
    }

    private static boolean actsBefore(String policy, String scenario) {
        return CLOSE_FIRST.contains(scenario) && SLOW_DESTROY.contains(policy);
    }

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest
    @MethodSource("scenarios")
    @DisplayName("up to the removal every policy sees the same packets in the same order, and the same draws of holders and hold times; "
            + "but for slow destroyers of pools where an interface is closed before, and the time that a probe without a table takes")
    void samePast(Scenario scenario) {
        Past legacy = Runs.of(scenario, LEGACY).past();
        boolean traffic = scenario.devices().stream().anyMatch(device -> device.traffic().isPresent());
        assertThat(legacy.packets() > 0).as("packets to compare").isEqualTo(traffic);
        Removal another = EMULATOR.run(EMULATOR.request(scenario).withPolicy(LEGACY).withSeed(2).withoutLog()).removals().getFirst();
        assertThat(another.history() != legacy.draws()).as("another seed; without traffic nothing is drawn before").isEqualTo(traffic);
        for (String policy : Runs.policies(scenario)) {
            Past past = Runs.of(scenario, policy).past();
            if (actsBefore(policy, scenario.id())) {
                assertThat(past.draws()).as("%s: if it has the same past, it is no exception", policy).isNotEqualTo(legacy.draws());
            } else if (policy.equals(SHORTER_BOOT)) {
                // of several devices one may be ready earlier than another, which is another order between them
                long order = scenario.devices().size() == 1 ? legacy.order() : past.order();
                assertThat(past).as(policy).isEqualTo(new Past(legacy.packets(), order, legacy.draws(), past.start()));
                assertThat(past.start()).isBetween(legacy.start() - PROBE_NANOS, legacy.start());
            } else if (LONGER_BOOT.contains(policy)) {
                assertThat(past).as(policy).isEqualTo(new Past(legacy.packets(), legacy.order(), legacy.draws(), past.start()));
                assertThat(past.start()).isBetween(legacy.start(), legacy.start() + PROBE_NANOS);
            } else {
                assertThat(past).as(policy).isEqualTo(legacy);
            }
        }
    }

    @Execution(ExecutionMode.CONCURRENT)
    @Test
    @DisplayName("compare names those that acted before the removal, and only those, in the head of its table")
    void compareSaysSo() throws Exception {
        List<String> policies = new ArrayList<>(List.of(LEGACY, "unmap-at-destroy", SHORTER_BOOT));
        SLOW_DESTROY.stream().sorted().forEach(policies::add);
        assertThat(table(CLOSES_FIRST, policies)).contains("on some seeds other traffic or holders before the removal than for legacy: "
                + "bounded-stall-then-force (1), destroy-waits (1), scan-memmap (1)\n");
        assertThat(table("hns3-unbind-smmu", List.of(LEGACY, "blocking-domain", "scan-memmap")))
                .contains("the same traffic and holders for every policy");
    }

    private static String table(String scenario, List<String> policies) throws Exception {
        Dist.Outcome compare = Dist.run(List.of(Dist.JAVA, "-p", Dist.LIB.toString(), "-m", "io.dmalab.cli", "compare", scenario,
                "--policies", String.join(",", policies), "--seeds", "1"));
        assertThat(compare.err()).as("messages on stderr").isEmpty();
        return compare.out();
    }
}
