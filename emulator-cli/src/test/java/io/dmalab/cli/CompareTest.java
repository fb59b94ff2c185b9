package io.dmalab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code dmalab compare} with several scenarios, swept values, kept results, and the files it writes. */
class CompareTest {
    private static final Path RESOURCES = Path.of(System.getProperty("basedir", "."), "src/test/resources");
    private static final String SMALL = RESOURCES.resolve("small.yaml").toString();
    private static final String STALLED = RESOURCES.resolve("stalled.yaml").toString();

    @TempDir
    Path folder;

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    private static Cli.Outcome compare(String... more) {
        return Cli.run(Stream.concat(Stream.of("compare", SMALL), Stream.of(more)).toList());
    }

    @Test
    void severalScenariosHaveATableEachAndOneOverAll() {
        Golden.check("compare-several", Cli.run("compare", SMALL, "--scenarios", "fragment-30s", "--policies",
                "legacy,wait-for-drain,cap=10s,unmap-at-destroy", "--seeds", "7..9").text());
    }

    @Test
    void aSweepHasATrend() {
        String out = compare("--policies", "legacy,wait-for-drain", "--seeds", "1", "--vary", "policy.cap=1s,40s", "--vary",
                "devices[eth4].driver.channels=1,2").out();
        Golden.check("compare-vary", out.substring(out.indexOf("Trend over")).replaceAll("[0-9a-f]{16}", "DIGEST"));
    }

    @Test
    void policiesWithoutTheSweptOptionStayWhatTheyAre() {
        JsonNode study = JsonMapper.shared().readTree(compare("--policies", "legacy,wait-for-drain", "--seeds", "1", "--vary",
                "policy.cap=1s,40s",
                "--json").out());
        assertThat(study.path("kind").stringValue()).isEqualTo("study");
        assertThat(study.path("comparisons").valueStream().flatMap(c -> c.path("policies").valueStream()).map(p -> p.path("command")
                .stringValue())).containsExactly("legacy", "wait-for-drain,cap=1s", "legacy", "wait-for-drain,cap=40s");
        assertThat(Schemas.errors(Schemas.ofOutput("study"), study.toString())).isEmpty();
    }

    @Test
    void everyFileSaysTheSameRuns() throws IOException {
        Cli.Outcome outcome = Cli.run("compare", SMALL, "fragment-30s", "--policies", "legacy,unmap-at-destroy", "--seeds", "2", "-q",
                "--csv",
                file("runs.csv"), "--jsonl", file("runs.jsonl"), "--lkml", file("mail.txt"), "--junit-xml", file("tests.xml"));
        assertThat(outcome.err()).isEmpty();
        Golden.check("compare-csv", Files.readString(folder.resolve("runs.csv")).replaceAll("\\b[0-9a-f]{16}\\b", "DIGEST"));
        Golden.check("compare-junit", Files.readString(folder.resolve("tests.xml")));
        String mail = Files.readString(folder.resolve("mail.txt"));
        assertThat(mail.lines()).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(75));
        Golden.check("compare-lkml", new Cli.Outcome(0, mail, "").text());
        List<String> lines = Files.readAllLines(folder.resolve("runs.jsonl"));
        assertThat(lines).hasSize(8).allSatisfy(line -> assertThat(Schemas.errors(Schemas.ofOutput("result"), line)).isEmpty());
        assertThat(lines.getFirst()).contains("\"scenario\":\"small\",\"policy\":\"legacy\",\"seed\":1,");
    }

    @Test
    @DisplayName("a comparison that was cut off in the middle of a line goes on, with the result of one that was not")
    void resume() throws IOException {
        String[] whole = {"--policies", "legacy,unmap-at-destroy", "--seeds", "6"};
        String expected = compare(whole).out();
        compare("--policies", "legacy,unmap-at-destroy", "--seeds", "2", "--results", file("r.jsonl"));
        Path results = folder.resolve("r.jsonl");
        byte[] bytes = Files.readAllBytes(results);
        Files.write(results, Arrays.copyOf(bytes, bytes.length - 40));
        Cli.Outcome resumed = compare("--policies", "legacy,unmap-at-destroy", "--seeds", "6", "--results", file("r.jsonl"));
        assertThat(resumed.out()).isEqualTo(expected);
        assertThat(resumed.err()).isEqualTo("dmalab: " + results
                + ":4: the last line was not finished and is dropped; that run is made again\n"
                + "dmalab: 3 of 12 runs were found in " + results + "\n");
        assertThat(Files.readAllLines(results)).hasSize(12);
        Cli.Outcome again = compare("--policies", "legacy,unmap-at-destroy", "--seeds", "6", "--results", file("r.jsonl"));
        assertThat(again.out()).isEqualTo(expected);
        assertThat(again.err()).contains("12 of 12 runs were found");
        assertThat(Files.readAllLines(results)).hasSize(12);
    }

    @Test
    void resultsOfOtherVersionsAreNotMixedIn() throws IOException {
        compare("--policies", "legacy", "--seeds", "1", "--results", file("r.jsonl"));
        Path results = folder.resolve("r.jsonl");
        Files.writeString(results, Files.readString(results).replaceFirst("\"model\":\"[^\"]*\"", "\"model\":\"0.0.9+00000000\""));
        Cli.Outcome outcome = compare("--policies", "legacy", "--seeds", "1", "--results", file("r.jsonl"));
        assertThat(outcome.err()).startsWith("dmalab: " + results
                + ": 1 results of other versions of dmalab or of its plugins are not used; this is ");
        assertThat(Files.readAllLines(results)).hasSize(2);
        Files.writeString(results, Files.readString(results).replace("{\"format\":1", "{\"format\":2"));
        assertThat(compare("--results", file("r.jsonl")).err()).isEqualTo("dmalab: " + results
                + ":1: results of format 2, this dmalab reads 1; go on with the version that wrote them, or give another file\n");
        Files.writeString(results, "no results\n");
        Cli.Outcome foreign = compare("--results", file("r.jsonl"));
        assertThat(foreign.err()).isEqualTo("dmalab: " + results + ": is no file of results; give another file, or delete this one\n");
        assertThat(foreign.code()).isEqualTo(2);
        assertThat(Files.readString(results)).as("it is left alone").isEqualTo("no results\n");
    }

    @Test
    void theResultDoesNotDependOnJobsNorOnResultsThatAreThere() {
        String[] command = {"--policies", "legacy,wait-for-drain", "--seeds", "3", "--vary", "hz=100,1000", "--json"};
        String one = compare(Stream.concat(Stream.of(command), Stream.of("-j", "1")).toArray(String[]::new)).out();
        String three = compare(Stream.concat(Stream.of(command), Stream.of("-j", "3", "--results",
                file("r"))).toArray(String[]::new)).out();
        String found = compare(Stream.concat(Stream.of(command), Stream.of("-j", "2", "--results",
                file("r"))).toArray(String[]::new)).out();
        assertThat(three).isEqualTo(one);
        assertThat(found).isEqualTo(one);
    }

    @Test
    void aRunWithASettingIsReplayedFromItsToken() {
        String run = Cli.run("run", SMALL, "--set", "devices[0].traffic.rate=4kpps", "--set", "holders[0].share=0.02", "-q").out();
        String token = run.substring(run.indexOf("run1:")).strip();
        Cli.Outcome replay = Cli.run("replay", token, "--scenario", SMALL, "-q");
        assertThat(replay.err()).isEmpty();
        assertThat(replay.out()).isEqualTo(run);
        assertThat(Cli.run("run", SMALL, "-q").out()).doesNotContain(token);
    }

    @Test
    void badInputIsOneLineThatSaysWhatToDo() {
        StringBuilder all = new StringBuilder();
        for (List<String> bad : List.of(List.of("--vary", "devices[0].driver.chanels=1,2"), List.of("--vary", "holders[3].share=1"),
                List.of("--vary", "policy.capp=1s"), List.of("--vary", "memory.kasan=on,perhaps"), List.of("--vary", "x="),
                List.of("--vary", "hz=100,,250"), List.of("--vary", "hz=100", "--vary", "hz=250"), List.of("--vary", "hz[0]=100"),
                List.of("--policies", "wait-for-drain,cap=1s", "--vary", "policy.cap=1s"), List.of("--seeds", "9..1"),
                List.of("--seeds", "many"), List.of("--seeds", "1..5", "--seed", "3"), List.of("--baseline", "legcy", "--seeds", "1"),
                List.of("--scenarios", "."), List.of("--scenarios", "smal"), List.of("--scenarios", SMALL), List.of("--set", "hz"),
                List.of("--csv", file("no/such/folder.csv")), List.of("--results", folder.toString()))) {
            Cli.Outcome outcome = compare(bad.toArray(String[]::new));
            assertThat(outcome.out()).isEmpty();
            assertThat(outcome.code()).isEqualTo(2);
            all.append(outcome.err().replace(folder.toString(), "FOLDER").replace(SMALL, "SMALL"));
        }
        Golden.check("bad-compare", all.toString());
    }

    @Test
    @DisplayName("a removal that never returned is a lower bound: >, and 'never back'")
    void cutOff() {
        String out = Cli.run("compare", STALLED, "--policies", "legacy,wait-for-drain,cap=1h", "--seeds", "1", "--set",
                "limits.time=3min").out();
        assertThat(out).contains("never back");
        assertThat(out.lines().filter(line -> line.startsWith("  wait-for-drain,cap=1h")).skip(1).findFirst().orElseThrow()).contains(">");
    }
}
