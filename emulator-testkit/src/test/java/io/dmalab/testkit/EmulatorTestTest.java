package io.dmalab.testkit;

import static io.dmalab.testkit.EmulatorAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dmalab.api.config.Span;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.core.Emulator;
import io.dmalab.core.run.EventLog;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.run.RunToken;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.scenario.Scenario;
import io.dmalab.core.scenario.ScenarioReader;
import io.dmalab.core.scenario.Use;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** {@link EmulatorTest} as an author of tests meets it: good tests pass, bad ones say what they looked at. */
class EmulatorTestTest {
    private static final String WORLD = "seed-race";

    static class Good {
        @EmulatorTest(scenario = WORLD, policy = {"legacy", "unmap-at-destroy"}, seeds = "1..2,9")
        void everyPolicyOnEverySeed(RunResult result, RunRequest request) {
            assertEquals(request.policyName(), result.policy());
            assertEquals(request.seed(), result.seed());
        }

        @EmulatorTest(scenario = WORLD)
        void whatTheScenarioSays(RunResult result, Scenario scenario, Emulator emulator) {
            assertEquals(scenario.policy().id(), result.policy());
            assertThat(result).hasDigestOf(emulator.run(emulator.request(WORLD)));
        }
    }

    @Test
    @DisplayName("one invocation for each policy and seed, named after them")
    void invocations() {
        Kit kit = Kit.run(Good.class);
        assertThat(kit.failures()).isEmpty();
        assertThat(kit.passed()).containsExactlyInAnyOrder("[1] policy legacy, seed 1", "[2] policy legacy, seed 2",
                "[3] policy legacy, seed 9", "[4] policy unmap-at-destroy, seed 1", "[5] policy unmap-at-destroy, seed 2",
                "[6] policy unmap-at-destroy, seed 9",
                "[1] policy legacy, seed 1");
    }

    static class Failing {
        @EmulatorTest(scenario = WORLD, policy = "legacy", seeds = "3")
        void legacyIsClean(RunResult result) {
            assertThat(result).as("the device may go").isClean();
        }
    }

    @Test
    @DisplayName("the message of a failed assertion holds the finding and a token that gives the same run again")
    void failure() {
        Throwable failure = Kit.run(Failing.class).failure();
        assertThat(failure).isInstanceOf(AssertionError.class).hasNoSuppressedExceptions();
        assertThat(failure.getMessage()).startsWith("[the device may go]").contains("Expected a clean run, but:",
                "seed-race, policy legacy, kernel v6.14, seed 3", "use-after-free: iommu_table", "accessed by", "freed by drmgr");
        String token = failure.getMessage().replaceAll("(?s).*dmalab replay (\\S+).*", "$1");
        Emulator emulator = Emulator.load();
        RunToken parsed = RunToken.parse(token, "token");
        RunResult again = emulator.run(emulator.request(parsed, Optional.empty()));
        assertThat(again.token().orElseThrow()).hasToString(token);
    }

    static class PlainFailing {
        @EmulatorTest(scenario = WORLD, policy = "legacy")
        void anyAssertion(RunResult result) {
            assertEquals(0, result.findings().size());
        }

        @EmulatorTest(scenario = WORLD, policy = "legacy")
        void anAssumption(RunResult result) {
            assumeTrue(result.clean(), "only where legacy is clean");
        }

        @EmulatorTest(scenario = WORLD, policy = "legacy")
        void nothingRun(RunRequest request) {
            assertEquals(7, request.seed());
        }
    }

    @Test
    @DisplayName("a test that fails with somebody else's assertion says how to replay, too; one that is aborted, or has run nothing, does "
            + "not")
    void plainFailure() {
        Kit kit = Kit.run(PlainFailing.class);
        assertThat(kit.failures()).hasSize(2);
        Throwable any = kit.failures().stream().filter(f -> f.getMessage().contains("expected: <0>")).findFirst().orElseThrow();
        assertThat(any.getSuppressed()).singleElement()
                .satisfies(hint -> assertThat(hint).message().startsWith("dmalab replay run1:seed-race@"));
        Throwable none = kit.failures().stream().filter(f -> f.getMessage().contains("expected: <7>")).findFirst().orElseThrow();
        assertThat(none).hasNoSuppressedExceptions();
        assertThat(kit.aborted()).hasSize(1);
    }

    static class Elsewhere {
        @EmulatorTest(scenarioFrom = "small")
        void builtInCode(RunResult result) {
            assertEquals("built", result.scenario());
            assertThat(result).hasNoFinding();
        }

        @EmulatorTest(scenarioFrom = "io.dmalab.testkit.EmulatorTestTest$Elsewhere#small", policy = "unmap-at-destroy")
        void builtByAnother(RunResult result) {
            assertThat(result).isClean();
        }

        @EmulatorTest(scenario = "classpath:small.yaml", policy = "unmap-at-destroy")
        void resource(RunResult result) {
            assertEquals("small", result.scenario());
        }

        @EmulatorTest(scenario = "src/test/resources/io/dmalab/testkit/small.yaml")
        void file(RunResult result) {
            assertThat(result).isClean();
        }

        static Scenario small() {
            return Scenario.builder("built").cpus(3).platform(Use.of("pseries").with("largest-block", 128)).memory("ram", "64MiB")
                    .device("nic", Use.of("pool-nic").with("ring", 1).with("stack", 1).with("users", 1).with("recycle", 1)
                            .with("hold", "10ms"))
                    .step(Span.ofMillis(5), Use.of("remove").with("device", "nic")).build();
        }
    }

    @Test
    @DisplayName("a scenario comes from the library, a file, a resource or code; what is not in the library is given for the replay")
    void scenarios() {
        Kit kit = Kit.run(Elsewhere.class);
        assertThat(kit.passed()).hasSize(2);
        assertThat(kit.failures()).hasSize(2);
        String built = hint(kit, "built");
        RunToken token = RunToken.parse(built.replaceAll("(?s).*dmalab replay (\\S+) .*", "$1"), "token");
        Scenario scenario = ScenarioReader.read(built.substring(built.indexOf("hold:\n") + 6), "hint");
        Emulator emulator = Emulator.load();
        assertThat(emulator.run(emulator.request(token, Optional.of(scenario))).token()).contains(token);
        assertThat(hint(kit, "small")).endsWith(" --scenario src/test/resources/io/dmalab/testkit/small.yaml");
    }

    private static String hint(Kit kit, String subject) {
        return kit.failures().stream().flatMap(failure -> List.of(failure.getSuppressed()).stream()).map(Throwable::getMessage)
                .filter(message -> message.contains("run1:" + subject + "@"))
                .findFirst().orElseThrow();
    }

    static class Listening {
        static final List<String> SEEN = new ArrayList<>();

        @EmulatorTest(scenario = WORLD, policy = "legacy")
        void events(EventLog events, RunResult result, Emulator emulator) {
            events.events().forEach(event -> SEEN.add(event.type().name()));
            assertThat(result).hasDigestOf(emulator.run(emulator.request(WORLD).withPolicy("legacy")));
        }

        @EmulatorTest(scenario = WORLD, policy = "legacy", set = {"seed=4", "memory.kasan=off"}, paranoid = true)
        void otherValues(RunResult result) {
            assertEquals(4, result.seed());
            assertThat(result).hasNoFinding(FindingKind.USE_AFTER_FREE);
        }
    }

    @Test
    @DisplayName("a test gets the events of its run, sets values, and asks for paranoia")
    void listening() {
        Kit kit = Kit.run(Listening.class);
        assertThat(kit.failures()).isEmpty();
        assertThat(Listening.SEEN).contains("page_pool:page_pool_release");
    }

    @Retention(RetentionPolicy.RUNTIME)
    @EmulatorTest(scenario = WORLD, policy = "unmap-at-destroy", seeds = "1..2")
    @interface InTheRace {}

    static class Composed {
        @InTheRace
        void shared(RunResult result) {
            assertThat(result).isClean();
        }
    }

    @Test
    @DisplayName("tests share a scenario by an annotation of their own")
    void composed() {
        assertThat(Kit.run(Composed.class).passed()).hasSize(2);
    }

    static class OwnFolder {
        @EmulatorTest(scenario = "small", policy = {"legacy", "unmap-at-destroy"}, seeds = "1..4")
        void fromTheFolder(RunResult result, RunRequest request, Emulator emulator) {
            assertEquals("small", result.scenario());
            assertThat(emulator.run(request)).hasDigestOf(result);
        }
    }

    @Test
    @DisplayName("a folder of scenarios is named by a configuration parameter; invocations may run at the same time")
    void configured() {
        Kit kit = Kit.run(OwnFolder.class, Map.of("dmalab.scenarios", "src/test/resources/io/dmalab/testkit",
                "junit.jupiter.execution.parallel.enabled", "true", "junit.jupiter.execution.parallel.mode.default", "concurrent"));
        assertThat(kit.failures()).isEmpty();
        assertThat(kit.passed()).hasSize(8);
    }

    static class Bad {
        @EmulatorTest(scenario = "seed-raze")
        void scenario(RunResult result) {}

        @EmulatorTest
        void none(RunResult result) {}

        @EmulatorTest(scenario = WORLD, scenarioFrom = "small")
        void both(RunResult result) {}

        @EmulatorTest(scenario = WORLD, policy = "unmap-at-destory")
        void policy(RunResult result) {}

        @EmulatorTest(scenario = WORLD, seeds = "1-9")
        void seeds(RunResult result) {}

        @EmulatorTest(scenario = WORLD, set = "cpus")
        void setting(RunResult result) {}

        @EmulatorTest(scenario = "classpath:/nowhere.yaml")
        void resource(RunResult result) {}

        @EmulatorTest(scenario = "no/such/file.yaml")
        void file(RunResult result) {}

        @EmulatorTest(scenarioFrom = "nobody")
        void provider(RunResult result) {}

        @EmulatorTest(scenarioFrom = "com.example.Nobody#nothing")
        void providersClass(RunResult result) {}

        @EmulatorTest(scenarioFrom = "wrong")
        void providersType(RunResult result) {}

        static String wrong() {
            return "";
        }
    }

    @Test
    @DisplayName("what cannot be used fails the test before its first invocation, in one line that says what to do")
    void badInput() {
        List<Throwable> failures = Kit.run(Bad.class).failures();
        assertThat(failures).hasSize(11).allSatisfy(failure -> assertThat(failure).isInstanceOf(BadInput.class));
        assertThat(failures).extracting(Throwable::getMessage).allSatisfy(message -> assertThat(message).doesNotContain("\n"))
                .anySatisfy(message -> assertThat(message).startsWith("seed-raze: unknown scenario; did you mean 'seed-race'?"))
                .contains("Bad.none: no scenario is given; give either scenario = \"...\" or scenarioFrom = \"...\"",
                        "Bad.both: scenario and scenarioFrom are both given; give either scenario = \"...\" or scenarioFrom = \"...\"",
                        "Bad.seeds, seeds: '1-9' is no seed and no range of seeds; write e.g. 7, 1..100 or 1,5,9..12",
                        "Bad.setting, set: 'cpus' is not of the form KEY=VALUE; write e.g. hz=1000, or devices[0].driver.channels=8",
                        "no/such/file.yaml: no such file; check the path, or see 'dmalab scenarios'",
                        "classpath:/nowhere.yaml: no such resource; name one as Bad.class.getResource does: with a leading / from the "
                                + "root, without from the test's package",
                        "Bad.provider, scenarioFrom = \"nobody\": Bad has no method nobody(); name a method such as 'static Scenario "
                                + "slowReader()', or CLASS#METHOD",
                        "Bad.providersType, scenarioFrom = \"wrong\": the method is not static, or does not return a Scenario; "
                                + "name a method such as 'static Scenario slowReader()', or CLASS#METHOD")
                .anySatisfy(message -> assertThat(message).contains("there is no class com.example.Nobody"))
                .anySatisfy(message -> assertThat(message)
                        .startsWith("policy: unknown policy 'unmap-at-destory'; did you mean 'unmap-at-destroy'?"));
    }
}
