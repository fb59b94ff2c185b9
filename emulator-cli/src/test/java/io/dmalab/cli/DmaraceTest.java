package io.dmalab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.core.Emulator;
import io.dmalab.core.explore.Coverage;
import io.dmalab.core.explore.Plan;
import io.dmalab.core.run.Exploration;
import io.dmalab.core.run.Explorer;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.scenario.Setting;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * DMARACE-1, a transition system that SPIN, TLC and two hand-written explorers agree on, run here by the model's own code: its numbers of states
 * and transitions must come out.
 */
class DmaraceTest {
    private static final Emulator EMULATOR = Emulator.load();

    @ParameterizedTest
    @CsvSource({"dmarace-refcount, 3, 1, 923, 0, 2221", "dmarace-legacy, 2, 2, 355, 29, 924", "dmarace-wait, 2, 2, 540, 28, 1497"})
    @DisplayName("states told apart, those with harm done, and transitions are those of the other model checkers")
    void plain(String world, int buffers, int consumers, long states, long harmful, long transitions) {
        Exploration exploration = explore(world, buffers, consumers, Plan.Kind.STATEFUL, true, false);
        assertThat(exploration.coverage()).contains(new Coverage(states, harmful, transitions));
        assertThat(exploration.missing()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "dmarace-refcount, 3, 1, 222, 0, 547, 923, 0, 2221",
        "dmarace-refcount, 4, 2, 559, 0, 2074, 12115, 0, 41999",
        "dmarace-legacy, 4, 2, 920, 115, 3132, 19931, 2678, 62929",
        "dmarace-wait, 4, 2, 1341, 140, 4755, 27887, 2900, 94360",
        "dmarace-refcount, 6, 2, 1257, 0, 5796, 306561, 0, 1218614",
        "dmarace-refcount, 6, 3, 1698, 0, 9808, 1071171, 0, 5232290",
        "dmarace-refcount, 8, 2, 2171, 0, 11958, 6384723, 0, 27698749",
        "dmarace-legacy, 8, 2, 3220, 379, 15816, 8734859, 998262, 33965375",
        "dmarace-wait, 8, 2, 4333, 460, 21639, 10639015, 874580, 43365350",
        "dmarace-refcount, 8, 3, 3104, 0, 21524, 29241979, 0, 157217429",
        "dmarace-refcount, 10, 1, 1846, 0, 8681, 19645429, 0, 68019626"})
    @DisplayName("states, those with harm done, and transitions are those of the other model checkers: with symmetry, and with every exchange "
            + "of what is alike counted")
    void counts(String world, int buffers, int consumers, long states, long harmful, long transitions, long apart, long harmfulApart,
            long transitionsApart) {
        Exploration exploration = explore(world, buffers, consumers, Plan.Kind.STATEFUL, true, true);
        assertThat(exploration.coverage()).contains(
                new Coverage(states, harmful, transitions, true, Optional.of(new Coverage(apart, harmfulApart, transitionsApart))));
        assertThat(exploration.missing()).isEmpty();
        assertThat(exploration.violations().isEmpty()).isEqualTo(harmful == 0);
    }

    @ParameterizedTest
    @CsvSource({"dmarace-legacy, 4, 11", "dmarace-wait, 4, 15"})
    @DisplayName("the shortest schedule has as many steps as breadth-first search of the other checkers says")
    void shortest(String world, int buffers, int steps) {
        Exploration exploration = explore(world, buffers, 2, Plan.Kind.SHORTEST, false, true);
        assertThat(exploration.violations()).hasSize(1);
        assertThat(exploration.violations().getFirst().steps()).hasSize(steps);
    }

    @Test
    @DisplayName("the token of a schedule with choices is followed to the same finding")
    void replay() {
        String json = Cli.run("explore", "dmarace-legacy", "--strategy", "shortest", "--json", "--set", "devices[0].driver.buffers=2",
                "--set", "devices[0].driver.recycle=1").out();
        assertThat(Schemas.errors(Schemas.ofOutput("exploration"), json)).isEmpty();
        String token = json.replaceAll("(?s).*\"replay\" : \"([^\"]+)\".*", "$1");
        Cli.Outcome again = Cli.run("replay", token);
        assertThat(again.out()).contains("H_PARAMETER");
        assertThat(again.code()).isEqualTo(Main.FINDING);
    }

    @Test
    @DisplayName("strategies that cannot do a world justice say so")
    void refused() {
        Cli.Outcome outcome = Cli.run("explore", "dmarace-legacy", "--strategy", "exhaustive");
        assertThat(outcome.code()).isEqualTo(Main.BAD_INPUT);
        assertThat(outcome.err()).contains("has choices").containsOnlyOnce("\n");
    }

    private static Exploration explore(String world, int buffers, int consumers, Plan.Kind strategy, boolean all, boolean symmetry) {
        RunRequest request = EMULATOR.request(world)
                .withSetting(new Setting("devices[0].driver.buffers", Integer.toString(buffers)))
                .withSetting(new Setting("devices[0].driver.consumers", Integer.toString(consumers)));
        Plan plan = new Plan(strategy, 0, Long.MAX_VALUE, Duration.ofMinutes(5), 10_000, all, 1, symmetry);
        return EMULATOR.explore(request, plan, Explorer.Watch.NONE);
    }
}
