package io.dmalab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.core.run.RunToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The commands on a small scenario: exit codes, reports, JSON, replay. */
class CommandsTest {
    private static final Path SMALL = Path.of(System.getProperty("basedir", "."), "src/test/resources/small.yaml");

    @TempDir
    Path folder;

    private static JsonNode json(Cli.Outcome outcome) {
        return JsonMapper.shared().readTree(outcome.out());
    }

    // exit codes

    @Test
    @DisplayName("formats.md 3 and 5.13: exit code 1 is a finding, 0 a clean run")
    void aFindingIsOneAndACleanRunIsZero() {
        assertThat(Cli.run("run", SMALL.toString(), "--policy", "legacy").code()).isEqualTo(1);
        assertThat(Cli.run("run", SMALL.toString(), "--policy", "unmap-at-destroy").code()).isZero();
    }

    @Test
    void aComparisonIsZeroUnlessAskedToFail() {
        List<String> compare = List.of("compare", SMALL.toString(), "--policies", "legacy,unmap-at-destroy", "--seeds", "2", "-q");
        assertThat(Cli.run(compare).code()).isZero();
        assertThat(Cli.run("compare", SMALL.toString(), "--policies", "legacy", "--seeds", "2", "--fail-on", "forbidden").code())
                .isEqualTo(1);
        assertThat(Cli.run("compare", SMALL.toString(), "--policies", "unmap-at-destroy", "--seeds", "2", "--fail-on", "interesting")
                .code()).isZero();
    }

    @Test
    void aBrokenPluginIsReportedByNameAndTheRestGoesOn() throws IOException {
        Files.writeString(folder.resolve("notes.jar"), "not a jar");
        Cli.Outcome outcome = Cli.run("policies", "--plugins", folder.toString());
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).contains("legacy").contains("unmap-at-destroy");
        Golden.check("broken-plugin", new Cli.Outcome(0, "", outcome.err()).text(folder));
        Cli.Outcome plugins = Cli.run("plugins", "--plugins", folder.toString());
        assertThat(plugins.code()).as("asked about plugins, a broken one is bad input").isEqualTo(2);
        assertThat(plugins.out()).contains("platform-pseries").contains("netstack");
        Cli.Outcome doctor = Cli.run("doctor", "--plugins", folder.toString());
        assertThat(doctor.code()).isEqualTo(1);
        assertThat(doctor.out()).contains("broken plugin ").contains("notes.jar: is not a jar");
    }

    // text

    @Test
    void theReportOfARun() {
        Golden.check("run-quiet", summary(Cli.run("run", SMALL.toString(), "--policy", "legacy", "-q")));
    }

    /** The figures of a run belong to the model, whose modules have tests of their own: only the form is looked at here. */
    private static String summary(Cli.Outcome outcome) {
        return outcome.text().replaceAll("0x[0-9a-f]+", "0xN").replaceAll("c00[0-9a-f]{13}", "ADDRESS").replaceAll("[0-9][0-9,.]*", "N")
                .replaceAll("N+", "N")
                .replaceAll("(?<=\\S) +", " ");
    }

    @Test
    void quietLeavesTheLogAndTheStacksOut() {
        String loud = Cli.run("run", SMALL.toString(), "--policy", "legacy").out();
        String quiet = Cli.run("run", SMALL.toString(), "--policy", "legacy", "-q").out();
        assertThat(loud).contains("iommu_table_free: Unexpected TCEs").contains("freed by drmgr:");
        assertThat(quiet).doesNotContain("Unexpected TCEs").doesNotContain("freed by");
        assertThat(quiet.lines().map(l -> l.replaceAll(" .*", "")).toList())
                .contains("scenario", "removal", "packets", "finding", "verdict", "replay");
    }

    @Test
    void theReportOfAComparison() {
        Golden.check("compare", summary(Cli.run("compare", SMALL.toString(), "--policies", "legacy,wait-for-drain,cap=10s,unmap-at-destroy",
                "--seeds", "3")));
    }

    @Test
    void aComparisonIsTheSameWithMoreJobsAndASeedChangesIt() {
        String one = Cli.run("compare", SMALL.toString(), "--seeds", "2", "-j", "1").out();
        assertThat(Cli.run("compare", SMALL.toString(), "--seeds", "2", "-j", "4").out()).isEqualTo(one);
        assertThat(Cli.run("compare", SMALL.toString(), "--seeds", "2", "--seed", "7").out()).isNotEqualTo(one);
    }

    @Test
    void aRunCanBeVerified() {
        Cli.Outcome outcome = Cli.run("run", SMALL.toString(), "--verify-determinism");
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).matches("deterministic: [0-9,]+ events and log lines twice, digest [0-9a-f]{16}\n");
    }

    @Test
    void whatIsChangedOnTheCommandLineIsChanged() {
        String out = Cli.run("run", SMALL.toString(), "--kernel", "v6.12", "--hz", "1000", "--kasan", "off", "--timers", "exact", "--seed",
                "9", "-q").out();
        assertThat(out).contains("kernel v6.12, HZ 1000, kasan off").contains("seed 9,")
                .contains("/9/kasan=off,kernel=v6.12,hz=1000,timers=exact/");
    }

    @Test
    void aParanoidRunIsTheSame() {
        assertThat(Cli.run("run", SMALL.toString(), "--paranoid").out()).isEqualTo(Cli.run("run", SMALL.toString()).out());
    }

    @Test
    void doctorIsContentWithThisBuild() {
        Cli.Outcome outcome = Cli.run("doctor");
        assertThat(outcome.code()).as(outcome.out()).isZero();
        assertThat(outcome.out()).contains("ok     fibers")
                .contains("8: core, dma-iommu, driver-mlx, netstack, platform-pci, platform-pseries, platform-s390, platform-smmu")
                .contains("twice in");
    }

    @Test
    @DisplayName("formats.md 3: every example of the help works")
    void everyExampleOfTheHelpWorks() {
        Pattern example = Pattern.compile("(?m)^  dmalab (.*?)( +#.*)?$");
        for (String command : HelpTest.commands().toList()) {
            Matcher matcher = example.matcher(Cli.run((command + " --help").strip().split(" ")).out());
            while (matcher.find()) {
                // those name what only a user has
                if (Stream.of("replay", "conform", "diagnose", "import", "compare machine.yaml").noneMatch(matcher.group(1)::startsWith)) {
                    String less = matcher.group(1).equals("compare") ? " --seeds 1" : matcher.group(1).startsWith("explore") ? " --executions 2" : "";
                    Cli.Outcome outcome = Cli.run((matcher.group(1) + less).split(" "));
                    assertThat(outcome.code()).as(matcher.group() + "\n" + outcome.err()).isIn(0, 1);
                }
            }
        }
    }

    // JSON

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "run           | run SMALL --policy legacy", "run | run SMALL --policy unmap-at-destroy --kasan off",
                "determinism | run SMALL --verify-determinism",
        "comparison    | compare SMALL --seeds 2 --policies legacy,wait-for-drain,cap=5s", "scenarios | scenarios",
                "scenario | scenarios show fragment-30s",
        "policies      | policies", "extension | policies show wait-for-drain", "plugins | plugins", "plugin | plugins show netstack",
                "doctor | doctor"
    })
    @DisplayName("formats.md 5.11: what --json prints follows its schema")
    void everyJsonFollowsItsSchema(String kind, String command) {
        Cli.Outcome outcome = Cli.run((command.replace("SMALL", SMALL.toString()) + " --json").split(" "));
        assertThat(outcome.err()).isEmpty();
        assertThat(json(outcome).path("kind").stringValue()).isEqualTo(kind);
        assertThat(Schemas.errors(Schemas.ofOutput(kind), outcome.out())).isEmpty();
    }

    @Test
    void jsonOfARunHoldsWhatTheTextHolds() {
        JsonNode run = json(Cli.run("run", SMALL.toString(), "--policy", "legacy", "--json"));
        assertThat(run.path("verdict").stringValue()).isEqualTo("FORBIDDEN");
        assertThat(run.path("removals").get(0).path("outcome").stringValue()).isEqualTo("removed");
        assertThat(run.path("log").size()).isPositive();
        assertThat(run.path("findings").valueStream().map(f -> f.path("kind").stringValue())).contains("use-after-free", "late-unmap");
    }

    @Test
    void quietJsonHasNoLog() {
        JsonNode run = json(Cli.run("run", SMALL.toString(), "--json", "-q"));
        assertThat(run.path("log").isArray()).isTrue();
        assertThat(run.path("log").isEmpty()).isTrue();
    }

    // defects

    @Test
    @DisplayName("formats.md 5.13: a defect of dmalab is one line and exit code 3")
    void aDefectIsOneLineAndCodeThree() {
        assertThat(Defect.text(new IllegalStateException("two\nlines"), Optional.empty()))
                .isEqualTo("dmalab: defect: java.lang.IllegalStateException: two lines;"
                + " run again with --debug for the stack trace, and report it");
    }

    // replay

    @Test
    void aRunIsReplayedFromItsJson() throws IOException {
        Cli.Outcome run = Cli.run("run", SMALL.toString(), "--policy", "wait-for-drain,cap=5s", "--seed", "3", "--json");
        Path file = Files.writeString(folder.resolve("result.json"), run.out());
        Cli.Outcome replay = Cli.run("replay", file.toString(), "--scenario", SMALL.toString(), "--json");
        assertThat(replay.err()).isEmpty();
        assertThat(replay.code()).isEqualTo(run.code());
        assertThat(replay.out()).isEqualTo(run.out());
    }

    @Test
    void aReplayOfAShippedScenarioNeedsTheTokenOnly() {
        String token = json(Cli.run("run", "fragment-30s", "--policy", "legacy", "--json")).path("replay").stringValue();
        Cli.Outcome replay = Cli.run("replay", token, "-q");
        assertThat(replay.err()).isEmpty();
        assertThat(replay.out()).contains("replay    dmalab replay " + token);
    }

    @Test
    void aReplayThatDiffersSaysWhy() {
        RunToken token = RunToken.parse(json(Cli.run("run", "fragment-30s", "--json")).path("replay").stringValue(), "t");
        String other = new RunToken(token.scenario(), token.content(), token.policy(), token.seed(), token.changes(), "0.0.9+00000000",
                "0123456789abcdef").toString();
        Cli.Outcome replay = Cli.run("replay", other, "-q");
        assertThat(replay.code()).isEqualTo(1);
        assertThat(replay.err()).startsWith("dmalab: replay differs: digest ")
                .contains("the token was made by dmalab 0.0.9+00000000, this is ");
    }
}
