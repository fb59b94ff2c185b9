package io.dmalab.testkit;

import static io.dmalab.testkit.EmulatorAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.core.Emulator;
import io.dmalab.core.run.Comparison;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.run.RunToken;
import io.dmalab.core.scenario.BadInput;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** {@link CompareTest} as an author of tests meets it. */
class CompareTestTest {
    private static Comparison comparison;

    @BeforeAll
    static void compare() {
        Emulator emulator = Emulator.load();
        comparison = emulator.compare(emulator.request("seed-race").withSeed(4),
                List.of("legacy", "unmap-at-destroy", "wait-for-drain"), 5);
    }

    static class Good {
        @CompareTest(scenario = "seed-race", policies = {"legacy", "unmap-at-destroy"}, seeds = "4..8")
        void sideBySide(Comparison sides) {
            assertEquals(4, sides.firstSeed());
            assertEquals(5, sides.seeds());
            assertThat(sides).policy("legacy").findsInEveryRun(FindingKind.USE_AFTER_FREE);
            assertThat(sides).policy("unmap-at-destroy").hasNoForbiddenFinding().isClean();
        }
    }

    static class Failing {
        @CompareTest(scenario = "seed-race", policies = {"unmap-at-destroy", "legacy"}, seeds = "4..8")
        void nothingForbidden(Comparison sides) {
            assertThat(sides).hasNoForbiddenFinding();
        }
    }

    @Test
    @DisplayName("policies are compared on the seeds that are asked for")
    void good() {
        Kit kit = Kit.run(Good.class);
        assertThat(kit.failures()).isEmpty();
        assertThat(kit.passed()).containsExactly("[1] 2 policies, 5 seeds from 4");
    }

    @Test
    @DisplayName("the message of a failed assertion names runs that do not fit, with tokens that give them again")
    void failure() {
        String message = Kit.run(Failing.class).failure().getMessage();
        assertThat(message).contains("Expected no forbidden finding in any run, but:", "5 of 5 runs do not fit:", "seed 4: dmalab replay",
                "and 2 more", "seed-race: legacy: use-after-free in every run");
        RunToken token = RunToken.parse(message.replaceAll("(?s).*seed 5: dmalab replay (\\S+).*", "$1"), "token");
        Emulator emulator = Emulator.load();
        RunResult again = emulator.run(emulator.request(token, Optional.empty()));
        assertThat(again).hasFinding(FindingKind.USE_AFTER_FREE).hasDigest(token.digest());
    }

    private static DynamicTest pair(String name, Consumer<PolicyAssert> assertion, String good, String bad, String message) {
        return DynamicTest.dynamicTest(name, () -> {
            assertion.accept(assertThat(comparison).policy(good));
            assertThatThrownBy(() -> assertion.accept(assertThat(comparison).policy(bad))).isInstanceOf(AssertionError.class)
                    .hasMessageContaining(message);
        });
    }

    @TestFactory
    List<DynamicTest> everyAssertion() {
        return List.of(
                pair("hasNoForbiddenFinding", PolicyAssert::hasNoForbiddenFinding, "unmap-at-destroy", "legacy",
                        "seed 6: dmalab replay run1:"),
                pair("isClean", PolicyAssert::isClean, "unmap-at-destroy", "legacy", "Expected every run to be clean, but:"),
                pair("findsInEveryRun", a -> a.findsInEveryRun(FindingKind.USE_AFTER_FREE), "legacy", "unmap-at-destroy",
                        "Expected use-after-free in every run, but:"),
                pair("finds", a -> a.finds(FindingKind.USE_AFTER_FREE), "legacy", "unmap-at-destroy",
                        "Expected use-after-free in at least one run, but:"),
                pair("neverFinds", a -> a.neverFinds(FindingKind.USE_AFTER_FREE), "unmap-at-destroy", "legacy",
                        "Expected use-after-free in no run, but:"),
                pair("removedWithin", a -> a.removedWithin(Duration.ofNanos(comparison.policy("legacy").longestRemoval().max())), "legacy",
                        "wait-for-drain", "Expected every removal to return within"),
                pair("metricAtMost", a -> a.metricAtMost(Metrics.LATE_UNMAPS, 0), "unmap-at-destroy", "legacy",
                        "Expected late_unmaps to be at most 0 in every run, but:"));
    }

    @Test
    @DisplayName("a policy that was not compared, a counter that does not exist, another digest")
    void misspelt() {
        assertThatThrownBy(() -> assertThat(comparison).policy("legasy"))
                .hasMessageContaining("Policy 'legasy' is not among those compared; did you mean 'legacy'?");
        assertThatThrownBy(() -> assertThat(comparison).policy("legacy").metricAtMost("late_unmap", 0))
                .hasMessageContaining("did you mean 'late_unmaps'?");
        assertThat(comparison).hasDigest(comparison.digestText());
        assertThatThrownBy(() -> assertThat(comparison).hasDigest("0123456789abcdef")).hasMessageContaining(comparison.digestText());
        assertThat(comparison).policy("unmap-at-destroy").leaksNothing();
    }

    static class Bad {
        @CompareTest(scenario = "seed-race", policies = {})
        void none(Comparison sides) {}

        @CompareTest(scenario = "seed-race", policies = "legacy", seeds = "1,2")
        void seeds(Comparison sides) {}

        @CompareTest(scenario = "seed-race", policies = {"legacy", "legasy"})
        void policy(Comparison sides) {}
    }

    @Test
    @DisplayName("what cannot be used is explained in one line")
    void badInput() {
        List<Throwable> failures = Kit.run(Bad.class).failures();
        assertThat(failures).hasSize(3).allSatisfy(failure -> assertThat(failure).isInstanceOf(BadInput.class));
        assertThat(failures).extracting(Throwable::getMessage).contains("Bad.seeds, seeds: '1,2' is more than one range; write e.g. 1..20",
                "Bad.none: no policies are given; write e.g. policies = {\"legacy\", \"wait-for-drain\"}")
                .anySatisfy(message -> assertThat(message).startsWith("policy: unknown policy 'legasy'"));
    }
}
