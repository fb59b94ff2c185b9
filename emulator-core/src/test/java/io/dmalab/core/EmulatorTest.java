package io.dmalab.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmalab.api.config.Span;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Grade;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.observe.LogLine;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.core.run.Comparison;
import io.dmalab.core.run.EventLog;
import io.dmalab.core.run.Progress;
import io.dmalab.core.run.Removal;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.run.RunToken;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.scenario.Scenario;
import io.dmalab.core.scenario.ScenarioReader;
import io.dmalab.core.scenario.Use;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole of the core on the toy machine of src/test/resources/toy-plugin. */
class EmulatorTest {
    @TempDir
    static Path plugins;

    private static Emulator emulator;
    private static String yaml;

    @BeforeAll
    static void load() throws IOException {
        PluginJars.toy(plugins);
        emulator = Emulator.load(Optional.of(plugins), Optional.empty());
        yaml = Files.readString(Path.of(System.getProperty("basedir", "."), "src/test/resources/toy.yaml"));
    }

    private static RunRequest toy() {
        return emulator.request(ScenarioReader.read(yaml, "toy.yaml"));
    }

    private static RunRequest toy(String old, String replacement) {
        assertThat(yaml).contains(old);
        return emulator.request(ScenarioReader.read(yaml.replace(old, replacement), "toy.yaml"));
    }

    @Test
    void theToyPluginIsThere() {
        assertThat(emulator.problems()).isEmpty();
        assertThat(emulator.plugins()).extracting(p -> p.id()).containsExactly("core", "toy");
        assertThat(emulator.extensions(FreePolicy.class)).extracting(e -> e.id()).containsExactly("legacy", "patient");
    }

    @Test
    @DisplayName("real-world-reports.md E4: how long a removal blocked its tool, and what was mapped before and after")
    void aRemovalIsRecordedAsItsToolSawIt() {
        RunResult result = emulator.run(toy());
        assertThat(result.removals()).hasSize(1);
        Removal removal = result.removals().getFirst();
        assertThat(removal.device()).isEqualTo("toy0");
        assertThat(removal.removed()).isTrue();
        assertThat(removal.mappedBefore()).isEqualTo(4);
        assertThat(removal.mappedAfter()).isEqualTo(4);
        assertThat(result.metric(Metrics.LATE_UNMAPS)).isEqualTo(4);
        assertThat(result.metric(Metrics.LEAKED_TCES)).isZero();
        assertThat(result.end()).isEqualTo("idle");
    }

    @Test
    void theLateAccessIsFoundWithTheRealStacks() {
        RunResult result = emulator.run(toy());
        assertThat(result.found(FindingKind.USE_AFTER_FREE)).isTrue();
        var stacks = result.finding(FindingKind.USE_AFTER_FREE).orElseThrow().stacks();
        assertThat(stacks.get(0).functions()).startsWith("toy_unmap", "process_one_work");
        assertThat(stacks.get(1).functions()).startsWith("toy_probe");
        assertThat(stacks.get(2).functions()).startsWith("toy_remove");
        assertThat(stacks.get(2).task()).startsWith("toyctl:");
        assertThat(result.exitCode()).isEqualTo(1);
    }

    @Test
    void aPolicyThatWaitsEndsClean() {
        RunResult result = emulator.run(toy().withPolicy("patient"));
        assertThat(result.clean()).as(result.findings().toString()).isTrue();
        assertThat(result.blockedNanos()).isBetween(2_000_000_000L, 2_200_000_000L);
        assertThat(result.removals().getFirst().mappedAfter()).isZero();
    }

    @Test
    void aPolicysOptionsReachIt() {
        assertThat(emulator.run(toy().withPolicy("patient,cap=0s")).found(FindingKind.USE_AFTER_FREE)).isTrue();
    }

    @Test
    void withoutTheCheckerTheStaleAccessIsSilent() {
        RunResult result = emulator.run(toy().withKasan(false));
        assertThat(result.found(FindingKind.USE_AFTER_FREE)).isFalse();
    }

    @Test
    @DisplayName("two holders of one id have each its own options, and a service of the plugin sees both")
    void optionsBelongToAnInstance() {
        assertThat(emulator.run(toy()).log()).extracting(LogLine::text).contains("toy: holders 0.25=oak shelf, 0.5=pine shelf");
    }

    @Test
    void theSameSeedGivesTheSameDigestAndAnotherSeedAnother() {
        long digest = emulator.run(toy()).digest();
        assertThat(emulator.run(toy()).digest()).isEqualTo(digest);
        assertThat(Emulator.load(Optional.of(plugins), Optional.empty()).run(toy()).digest()).isEqualTo(digest);
    }

    @Test
    void observersSeeTheSameStreamTwiceAndDoNotChangeIt() {
        EventLog first = new EventLog();
        EventLog second = new EventLog();
        RunResult a = emulator.run(toy().withObservers(List.of(first)));
        emulator.run(toy().withObservers(List.of(second)));
        assertThat(first.size()).isPositive();
        assertThat(first.firstDifference(second)).isEmpty();
        assertThat(a.digest()).isEqualTo(emulator.run(toy()).digest());
    }

    @Test
    void theTraceNotifierSeesTheRemoval() {
        EventLog log = new EventLog();
        emulator.run(toy().withObservers(List.of(log)));
        assertThat(log.named("dmalab:notifier")).extracting(e -> e.values().get(0))
                .containsSubsequence("BUS_ADDED", "BUS_BOUND", "BUS_UNBIND",
                "BUS_UNBOUND", "BUS_REMOVED", "DETACH_NODE");
    }

    @Test
    void aMachineRunsFromAVirtualThreadToo() throws InterruptedException {
        RunResult[] result = new RunResult[1];
        Thread.ofVirtual().start(() -> result[0] = emulator.run(toy())).join();
        assertThat(result[0].digest()).isEqualTo(emulator.run(toy()).digest());
    }

    @Test
    void aRemovedDeviceCanBePluggedAgainAndRemovedAgain() {
        RunResult result = emulator.run(toy("  - { at: 1s, do: remove, device: toy0 }",
                "  - { at: 1s, do: remove }\n  - { at: 5s, do: plug }\n  - { at: 6s, do: remove }\n  - { at: 7s, do: remove }"));
        assertThat(result.removals()).extracting(Removal::outcome)
                .containsExactly("removed", "removed", "failed: errno 22, no such slot");
        assertThat(result.removals()).extracting(Removal::mappedBefore).containsExactly(4, 4, 4);
    }

    @Test
    void aRemovalThatDoesNotReturnIsAFinding() {
        RunResult result = emulator.run(toy("{ id: toy, pages: 4 }", "{ id: toy, pages: 4, late: 20min }").withPolicy("patient"));
        assertThat(result.end()).isEqualTo("time limit");
        assertThat(result.removals().getFirst().endNanos()).isEmpty();
        assertThat(result.found(FindingKind.REMOVAL_UNFINISHED)).isTrue();
    }

    @Test
    void mappingsThatNobodyEndsAreALeak() {
        RunResult result = emulator.run(toy("{ id: toy, pages: 4 }", "{ id: toy, pages: 4, late: 20min }"));
        assertThat(result.found(FindingKind.LEAK)).isTrue();
        assertThat(result.metric(Metrics.LEAKED_TCES)).isEqualTo(4);
    }

    @Test
    void aLimitOnEventsIsATypedOutcome() {
        RunResult result = emulator.run(toy("notifiers: trace", "limits: { events: 5 }"));
        assertThat(result.end()).isEqualTo("event limit");
        assertThat(result.found(FindingKind.LIMIT_REACHED)).isTrue();
    }

    @Test
    void aParanoidRunGivesTheSameResult() {
        assertThat(emulator.run(toy().withParanoia()).digest()).isEqualTo(emulator.run(toy()).digest());
    }

    @Test
    void aResultSaysInOneTextWhatWasFound() {
        assertThat(emulator.run(toy()).toString())
                .matches("toy, policy legacy, seed 1: use-after-free: toy_table at [0-9a-f]{16} \\(4 x\\);"
                + " late-unmap: 0000:00:00.0 \\(4 x\\); idle after 3.008 s; dmalab replay run1:toy@[0-9a-f]{8}/.*");
    }

    @Test
    void aScenarioBuiltInCodeRunsAsOneFromAFile() {
        Scenario built = Scenario.builder("built").platform(Use.of("toy")).device("toy0", Use.of("toy").with("pages", 3))
                .holder(0.25, Use.of("shelf").with("hold", "{ exponential: { mean: 8s } }"))
                .step(Span.ofSeconds(1), Use.of("remove").with("device", "toy0")).build();
        RunResult result = emulator.run(emulator.request(built));
        assertThat(result.metric(Metrics.LATE_UNMAPS)).isEqualTo(3);
        assertThat(emulator.run(emulator.request(ScenarioReader.read(built.text(), "built.yaml"))).token()).isEqualTo(result.token());
        Scenario misspelt = Scenario.builder("built").platform(Use.of("tay")).device("toy0", Use.of("toy")).build();
        assertThatThrownBy(() -> emulator.run(emulator.request(misspelt))).isInstanceOf(BadInput.class)
                .hasMessage("scenario 'built', as built:2:11: unknown platform 'tay'; did you mean 'toy'? known: toy");
    }

    // comparing

    @Test
    void aComparisonDoesNotDependOnTheNumberOfJobs() {
        List<RunRequest> variants = List.of(toy().withPolicy("legacy"), toy().withPolicy("patient,cap=5s"));
        Comparison one = emulator.compare(variants, 6, 1, Progress.NONE);
        Comparison three = emulator.compare(variants, 6, 3, Progress.NONE);
        assertThat(three.digest()).isEqualTo(one.digest());
        assertThat(one.complete()).isTrue();
        assertThat(one.policy("legacy").found(FindingKind.USE_AFTER_FREE).hits()).isEqualTo(6);
        assertThat(one.policy("patient,cap=5s").clean().hits()).isEqualTo(6);
        assertThat(one.worst()).isEqualTo(Grade.FORBIDDEN);
    }

    @Test
    void anInterruptedComparisonHoldsWholeSeeds() {
        Thread caller = Thread.currentThread();
        Progress progress = (done, total) -> {
            if (done == 7) {
                caller.interrupt();
            }
        };
        Comparison part = emulator.compare(List.of(toy().withPolicy("legacy"), toy().withPolicy("patient")), 100_000, 2, progress);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(part.complete()).isFalse();
        assertThat(part.seeds()).isBetween(1, 1000);
        assertThat(part.policies()).allSatisfy(policy -> assertThat(policy.runs()).isEqualTo(part.seeds()));
    }

    // replaying

    @Test
    void aTokenGivesTheSameRunAgain() {
        RunRequest request = toy().withPolicy("patient,cap=7s").withSeed(42).withKasan(false).withKernel("v6.12").withHz(1000);
        RunResult result = emulator.run(request);
        String text = emulator.token(request, result).toString();
        assertThat(text).startsWith("run1:toy@").contains("/patient,cap=7s/42/kasan=off,kernel=v6.12,hz=1000/").doesNotContain(" ");
        RunToken token = RunToken.parse(text, "token");
        RunRequest again = emulator.request(token, Optional.of(toy().scenario()));
        RunResult repeated = emulator.run(again);
        assertThat(repeated.digest()).isEqualTo(result.digest());
        assertThat(token.difference(again, repeated, emulator.model())).isEmpty();
        assertThat(emulator.token(again, repeated)).isEqualTo(token);
        assertThat(repeated.token()).as("a result brings its token along").contains(token);
    }

    @Test
    void everyRunOfAComparisonHasItsToken() {
        Comparison comparison = emulator.compare(toy().withSeed(7), List.of("legacy", "patient,cap=5s"), 3);
        RunToken token = comparison.policy("patient,cap=5s").token(2).orElseThrow();
        RunResult again = emulator.run(emulator.request(token, Optional.of(toy().scenario())));
        assertThat(again.seed()).isEqualTo(9);
        assertThat(again.token()).contains(token);
    }

    @Test
    void aRequestIsCheckedWithoutRunningIt() {
        emulator.check(toy());
        assertThatThrownBy(() -> emulator.check(toy().withPolicy("patent"))).isInstanceOf(BadInput.class)
                .hasMessage("policy: unknown policy 'patent'; did you mean 'patient'? known: legacy, patient");
    }

    @Test
    void aTokenExplainsWhyARunDiffers() {
        RunResult result = emulator.run(toy());
        RunToken token = emulator.token(toy(), result);
        RunToken other = new RunToken(token.scenario(), token.content(), "-", 1, "-", token.model(), "0123456789abcdef");
        assertThat(other.difference(toy(), result, token.model())).get().asString().contains("is not deterministic");
        assertThat(other.difference(toy(), result, "9.9+00000000")).get().asString()
                .contains("the token was made by dmalab " + token.model());
        assertThat(other.difference(toy("pages: 4", "pages: 5"), result, token.model())).get().asString()
                .contains("scenario toy has been changed since");
    }

    // bad input

    @Test
    void unknownNamesAreReportedAtTheirPlace() {
        assertBad(toy("platform: toy", "platform: toi"), "toy.yaml:4:11: unknown platform 'toi'; did you mean 'toy'? known: toy");
        assertBad(toy("id: toy,", "id: toys,"), "toy.yaml:6:33: unknown driver 'toys'; did you mean 'toy'? known: toy");
        assertBad(toy("do: remove", "do: removed"),
                "toy.yaml:12:19: unknown action 'removed'; did you mean 'remove'? known: plug, read-uevent, remove, rmmod");
        assertBad(toy("notifiers: trace", "notifiers: trase"),
                "toy.yaml:10:12: unknown notifier 'trase'; did you mean 'trace'? known: trace");
        assertBad(toy().withPolicy("legcy"), "policy: unknown policy 'legcy'; did you mean 'legacy'? known: legacy, patient");
    }

    @Test
    void wrongOptionsAreReportedAtTheirPlace() {
        assertBad(toy("pages: 4", "pagse: 4"), "toy.yaml:6:38: unknown key 'pagse'; did you mean 'pages'? known: late, pages");
        assertBad(toy("pages: 4", "pages: 400"), "toy.yaml:6:45: 400 pages are out of range; use 0 to 100");
        assertBad(toy("pages: 4", "pages: four"), "toy.yaml:6:45: 'four' is not a whole number; write digits, e.g. 8, 50M or 0x10");
        assertBad(toy("device: toy0", "device: toy1"), "toy.yaml:12:35: unknown device 'toy1'; did you mean 'toy0'? known: toy0");
        assertBad(toy().withPolicy("patient,cap=forever"), "policy: cap 'forever' would hang the removal; give a duration");
        assertBad(toy().withPolicy("legacy,cap=1s"), "policy: unknown key 'cap'; there is none");
    }

    private static void assertBad(RunRequest request, String message) {
        assertThatThrownBy(() -> emulator.run(request)).isInstanceOf(BadInput.class).hasMessage(message);
    }
}
