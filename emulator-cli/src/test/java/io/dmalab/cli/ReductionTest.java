package io.dmalab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.core.Emulator;
import io.dmalab.core.explore.Plan;
import io.dmalab.core.explore.Verdict;
import io.dmalab.core.run.Exploration;
import io.dmalab.core.run.Explorer;
import io.dmalab.core.run.RunRequest;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The reduction against strategies that reduce nothing: what they stumble over, it must have found. */
class ReductionTest {
    private static final Emulator EMULATOR = Emulator.load();
    private static final List<Plan.Kind> SAMPLES = List.of(Plan.Kind.PREEMPTIONS, Plan.Kind.POS, Plan.Kind.PCT);

    @ParameterizedTest
    @CsvSource({
        "seed-race, unmap-at-destroy", "seed-race, leak-map", "seed-race, generation-check", "seed-race, null-base", "two-users, destroy-waits",
        "interface-goes, stall-unregister", "interface-goes, revoke-and-wait", "interface-goes, item-blocks", "two-removals, unmap-at-destroy"})
    @DisplayName("what the reduction finds nothing in is not broken by executions that are chosen otherwise")
    void agrees(String world, String policy) {
        RunRequest request = EMULATOR.request(world).withPolicy(policy);
        assertThat(explore(request, Plan.Kind.EXHAUSTIVE, 200).verdict()).isNotEqualTo(Verdict.VIOLATION);
        for (Plan.Kind kind : SAMPLES) {
            assertThat(explore(request, kind, 30).violations()).as("%s finds what the reduction does not", kind).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"seed-race, legacy", "seed-race, unmap-at-destroy"})
    @DisplayName("a search by state comes to the verdict of the reduction, and the shortest violation is not longer than the first")
    void byState(String world, String policy) {
        RunRequest request = EMULATOR.request(world).withPolicy(policy);
        Exploration reduced = explore(request, Plan.Kind.EXHAUSTIVE, 5000);
        Exploration byState = explore(request, Plan.Kind.STATEFUL, 20000);
        Exploration shortest = explore(request, Plan.Kind.SHORTEST, 20000);
        assertThat(byState.verdict()).isEqualTo(reduced.verdict());
        assertThat(shortest.verdict()).isEqualTo(reduced.verdict());
        assertThat(length(shortest)).isLessThanOrEqualTo(length(reduced));
    }

    /** Of the first violation, 0 if there is none. */
    private static int length(Exploration exploration) {
        return exploration.violations().stream().mapToInt(violation -> violation.steps().size()).findFirst().orElse(0);
    }

    private static Exploration explore(RunRequest request, Plan.Kind kind, long executions) {
        return EMULATOR.explore(request, new Plan(kind, 2, executions, Duration.ofMinutes(1), 10_000, false, 1), Explorer.Watch.NONE);
    }
}
