package io.dmalab.testkit;

import static io.dmalab.testkit.EmulatorAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.core.Emulator;
import io.dmalab.core.explore.Plan;
import io.dmalab.core.explore.Verdict;
import io.dmalab.core.run.Exploration;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.ScheduleToken;
import io.dmalab.core.scenario.BadInput;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** {@link ExploreTest} as an author of tests meets it. */
class ExploreTestTest {
    static class Good {
        @ExploreTest(scenario = "seed-race", policy = "unmap-at-destroy")
        void safe(Exploration exploration) {
            assertThat(exploration).isSafe().hasNoViolation();
        }

        @ExploreTest(scenario = "seed-race", policy = {"legacy", "swap-without-wait"})
        void harm(Exploration exploration, RunRequest request) {
            assertEquals(request.policyName(), exploration.policy());
            assertThat(exploration).isViolation().hasViolation(FindingKind.USE_AFTER_FREE, "iommu_table");
        }

        @ExploreTest(scenario = "seed-race", policy = "unmap-at-destroy", strategy = Plan.Kind.PCT, bound = 3, executions = 20,
                time = "30s")
        void bounded(Exploration exploration) {
            assertThat(exploration).hasNoViolation();
            assertEquals(Verdict.BOUND_REACHED, exploration.verdict());
            assertThatThrownBy(() -> assertThat(exploration).isSafe()).hasMessageContaining("not seen: more than 20 executions");
        }
    }

    @Test
    @DisplayName("one invocation for each policy; a strategy and its bounds reach the exploration")
    void good() {
        Kit kit = Kit.run(Good.class);
        assertThat(kit.failures()).isEmpty();
        assertThat(kit.passed()).containsExactlyInAnyOrder("[1] policy unmap-at-destroy", "[1] policy legacy",
                "[2] policy swap-without-wait", "[1] policy unmap-at-destroy");
    }

    static class Failing {
        @ExploreTest(scenario = "seed-race", policy = "legacy")
        void legacyIsSafe(Exploration exploration) {
            assertThat(exploration).isSafe();
        }
    }

    @Test
    @DisplayName("the message of a failed assertion holds the race as a diagram, and a token that shows it again")
    void failure() {
        Throwable failure = Kit.run(Failing.class).failure();
        assertThat(failure).isInstanceOf(AssertionError.class).hasNoSuppressedExceptions();
        String message = failure.getMessage();
        assertThat(message).contains("Expected every interleaving to be safe, but:", "seed-race, policy legacy: VIOLATION after",
                "use-after-free: iommu_table");
        String token = message.replaceAll("(?s).*dmalab replay (\\S+).*", "$1");
        Emulator emulator = Emulator.load();
        ScheduleToken parsed = ScheduleToken.parse(token, "token");
        Exploration again = emulator.follow(emulator.request(parsed, Optional.empty()), parsed.schedule());
        assertThat(again).isViolation();
        List<String> diagram = again.diagram(again.violations().getFirst());
        assertThat(diagram).first().asString().startsWith("CPU ");
        assertThat(diagram).last().asString().contains("^ use-after-free");
        assertThat(message.lines().map(String::strip)).containsSubsequence(diagram.stream().map(String::strip).toList());
        assertThat(again.violations().getFirst().token().orElseThrow()).hasToString(token);
    }

    @Test
    @DisplayName("each assertion fails where it does not hold")
    void assertions() {
        Emulator emulator = Emulator.load();
        Exploration safe = emulator.explore(emulator.request("seed-race").withPolicy("unmap-at-destroy"));
        Exploration harm = emulator.explore(emulator.request("seed-race").withPolicy("legacy"));
        assertThatThrownBy(() -> assertThat(safe).isViolation()).hasMessageContaining("seed-race, policy unmap-at-destroy: SAFE after");
        assertThatThrownBy(() -> assertThat(harm).hasNoViolation()).hasMessageContaining("dmalab replay explore1:seed-race@");
        assertThatThrownBy(() -> assertThat(harm).hasViolation(FindingKind.DEADLOCK, ""))
                .hasMessageContaining("Expected an interleaving that ends in deadlock");
    }

    static class Bad {
        @ExploreTest(scenario = "seed-race", time = "soon")
        void time(Exploration exploration) {}

        @ExploreTest(scenario = "seed-race", executions = 0)
        void executions(Exploration exploration) {}
    }

    @Test
    @DisplayName("a bound that cannot be used is explained in one line")
    void badInput() {
        List<Throwable> failures = Kit.run(Bad.class).failures();
        assertThat(failures).hasSize(2).allSatisfy(failure -> assertThat(failure).isInstanceOf(BadInput.class));
        assertThat(failures).extracting(Throwable::getMessage)
                .anySatisfy(message -> assertThat(message).startsWith("Bad.time: ").contains("'soon'"))
                .contains("Bad.executions: bound must be at least 0, executions and steps at least 1; correct the annotation");
    }
}
