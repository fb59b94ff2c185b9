package io.dmalab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.policy.FreePolicy;
import io.dmalab.core.Emulator;
import io.dmalab.core.explore.Plan;
import io.dmalab.core.explore.Verdict;
import io.dmalab.core.plugin.Registered;
import io.dmalab.core.run.Exploration;
import io.dmalab.core.run.Explorer;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.scenario.Scenario;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The reduction against strategies that reduce nothing: what they stumble over, it must have found. */
class ReductionTest {
    private static final Emulator EMULATOR = Emulator.load();
    private static final List<Plan.Kind> SAMPLES = List.of(Plan.Kind.PREEMPTIONS, Plan.Kind.POS, Plan.Kind.PCT);

    @ParameterizedTest
    @MethodSource("worlds")
    @DisplayName("what is SAFE by reduction is not broken by any of some hundred executions chosen otherwise")
    void agrees(String world, String policy) {
        RunRequest request = EMULATOR.request(world).withPolicy(policy);
        Exploration reduced;
        try {
            reduced = explore(request, Plan.Kind.EXHAUSTIVE, 3000);
        } catch (BadInput e) {
            // the policy cannot be had in this world
            return;
        }
        if (reduced.verdict() == Verdict.SAFE) {
            for (Plan.Kind kind : SAMPLES) {
                Exploration sampled = explore(request, kind, 80);
                assertThat(sampled.violations()).as("%s finds what the reduction does not, in %d executions", kind, reduced.executions())
                        .isEmpty();
            }
        }
    }

    static Stream<Arguments> worlds() {
        return EMULATOR.worlds().stream().map(Scenario::id).filter(world -> !world.startsWith("liobn") && !world.startsWith("dmarace"))
                .flatMap(world -> EMULATOR.extensions(FreePolicy.class).stream().map(Registered::id).map(policy -> Arguments.of(world, policy)));
    }

    private static Exploration explore(RunRequest request, Plan.Kind kind, long executions) {
        return EMULATOR.explore(request, new Plan(kind, 2, executions, Duration.ofSeconds(8), 10_000, false, 1), Explorer.Watch.NONE);
    }
}
