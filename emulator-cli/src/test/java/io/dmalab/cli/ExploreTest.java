package io.dmalab.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code dmalab explore} as a user sees it: verdicts, diagrams, tokens. */
class ExploreTest {
    @Test
    @DisplayName("legacy's use after free as a diagram")
    void legacy() {
        check("explore-legacy", "explore", "seed-race", "--policy", "legacy");
    }

    @Test
    @DisplayName("iommu-table.md section 10, residual race: the mail's patch, without a deadline, reads it_ops of a table that its waiter has freed")
    void unboundedWait() {
        check("explore-wait", "explore", "seed-race", "--policy", "wait-for-drain,interval=1s,cap=forever", "--find", "all");
    }

    @ParameterizedTest
    @CsvSource({
        "seed-race, unmap-at-destroy, v6.14, 0",
        "two-users, unmap-at-destroy, v6.14, 1",
        "ring-producer-against-pool-free, legacy, v6.14, 1",
        "ring-producer-against-pool-free, legacy, v6.16, 0",
        "two-removals, unmap-at-destroy, v6.14, 0"})
    @DisplayName("verdicts that docs/findings.md tells of")
    void verdicts(String world, String policy, String kernel, int code) {
        Cli.Outcome outcome = Cli.run("explore", world, "--policy", policy, "--kernel", kernel);
        assertThat(outcome.code()).as(outcome.out()).isEqualTo(code);
        assertThat(outcome.out()).contains(code == 0 ? ": SAFE" : ": VIOLATION");
    }

    @ParameterizedTest
    @CsvSource({"preemptions, true", "pct, true", "pos, true", "random, false"})
    @DisplayName("legacy's use after free is found by strategies that let one context run far ahead; without a violation each says what it has not seen")
    void strategies(String strategy, boolean finds) {
        Cli.Outcome found = Cli.run("explore", "seed-race", "-p", "legacy", "--strategy", strategy, "--executions", "200");
        assertThat(found.out()).contains(finds ? ": VIOLATION" : ": BOUND REACHED");
        Cli.Outcome safe = Cli.run("explore", "seed-race", "-p", "destroy-waits", "--strategy", strategy, "--executions", "20");
        assertThat(safe.out()).contains(": BOUND REACHED").contains("not seen   more than 20 executions");
    }

    @Test
    @DisplayName("what is safe within a number of preemptions is not called safe as such")
    void safeWithinABound() {
        String[] command = {"explore", "seed-race", "-p", "wait-for-drain", "--strategy", "preemptions", "--bound", "0"};
        assertThat(Cli.run(command).out()).contains("wait-for-drain: SAFE up to 0 preemptions\n");
        assertThat(Cli.run("explore", "seed-race", "two-users", "-p", "wait-for-drain", "--strategy", "preemptions", "--bound", "0").out().lines()
                .filter(line -> line.contains("seed-race  "))).singleElement().asString().contains("SAFE up to 0 preemptions");
        assertThat(Cli.run("explore", "seed-race", "-p", "wait-for-drain").out()).contains("wait-for-drain: VIOLATION");
    }

    @Test
    @DisplayName("pct says how likely a bug is missed by all of its executions, which is (1 - p)^n")
    void chanceOfMissing() {
        String out = Cli.run("explore", "seed-race", "-p", "unmap-at-destroy", "--strategy", "pct", "--bound", "2", "--executions", "100").out();
        Matcher chance = Pattern.compile("a chance of at least ([0-9.e-]+) an execution .*; 100 executions miss one with a chance of at most ([0-9.]+)\n")
                .matcher(out);
        assertThat(chance.find()).as(out).isTrue();
        assertThat(Double.parseDouble(chance.group(2))).isCloseTo(Math.pow(1 - Double.parseDouble(chance.group(1)), 100), within(0.01));
        assertThat(Cli.run("explore", "seed-race", "-p", "legacy", "--strategy", "pct").out()).contains(": VIOLATION").doesNotContain("miss one");
    }

    @Test
    @DisplayName("a race between accesses none of which is listed has no diagram, and says why")
    void noListedStep() {
        Cli.Outcome outcome = Cli.run("explore", "seed-race", "-p", "legacy", "--set", "explore.steps=[net_device]");
        assertThat(outcome.code()).as(outcome.err()).isEqualTo(Main.FINDING);
        assertThat(outcome.out()).contains("none of the steps is an access that is listed");
    }

    @Test
    @DisplayName("a token is followed to the same finding; one of another model is explained")
    void replay() {
        String json = Cli.run("explore", "seed-race", "-p", "legacy", "--json").out();
        assertThat(Schemas.errors(Schemas.ofOutput("exploration"), json)).isEmpty();
        String token = json.replaceAll("(?s).*\"replay\" : \"([^\"]+)\".*", "$1");
        Cli.Outcome again = Cli.run("replay", token);
        assertThat(again.code()).isEqualTo(Main.FINDING);
        assertThat(again.out()).contains("dma_iommu_unmap_page read it_page_shift of a freed iommu_table").contains(token);
        Cli.Outcome other = Cli.run("replay", token.replace("/legacy/", "/unmap-at-destroy/").replaceAll("\\+[0-9a-f]{8}/", "+00000000/"));
        assertThat(other.code()).isEqualTo(Main.FINDING);
        assertThat(other.err()).contains("with other code or plugins");
    }

    @Test
    @DisplayName("a schedule in words is written and followed; a step that is another one here, and a file that is none, are explained")
    void scheduleFile(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("race.schedule");
        Cli.run("explore", "seed-race", "-p", "legacy", "--schedule-out", file.toString());
        String text = Files.readString(file);
        Golden.check("explore-schedule", text.replaceAll("model: .*", "model: MODEL"));
        Cli.Outcome again = Cli.run("replay", file.toString());
        assertThat(again.code()).isEqualTo(Main.FINDING);
        assertThat(again.out()).contains("dma_iommu_unmap_page read it_page_shift of a freed iommu_table");
        assertThat(again.out()).contains("one execution, 31 steps").doesNotContain("execution 0");
        assertThat(again.err()).isEmpty();

        Files.writeString(file, text.replace("iommu_free: read iommu_table.it_ops", "iommu_free: read iommu_table.it_flags"));
        assertThat(Cli.run("replay", file.toString()).err()).contains("replay differs: step ")
                .contains("was 'iommu_free: read iommu_table.it_flags', here it is 'iommu_free: read iommu_table.it_ops'")
                .contains("the file has been edited since");
        Files.writeString(file, text.replace("policy: legacy", "policy: direct-window"));
        assertThat(Cli.run("replay", file.toString()).err()).contains("the schedule cannot be followed: step ").contains("which cannot go on")
                .contains("the file has been edited since").doesNotContain("deterministic");
        Files.writeString(file, text.replaceAll("# as written.*\n", "").replace("policy: legacy", "policy: direct-window"));
        assertThat(Cli.run("replay", file.toString()).err()).contains("unless policy, changes or steps have been edited");
        Files.writeString(file, text.replace("dmalab schedule 1", "dmalab schedule 9"));
        assertThat(bad(file)).contains("race.schedule:1:1: 'dmalab schedule 9' is a form that this dmalab does not read");
        Files.writeString(file, text.replace("seed: 1\n", ""));
        assertThat(bad(file)).contains("race.schedule:6:1: 'changes: -' where 'seed: ...' was expected");
        Files.writeString(file, text + "zz iommu_free: read\n");
        assertThat(bad(file)).contains(": no context 'zz'; use one of a, b");
    }

    private static String bad(Path file) {
        Cli.Outcome outcome = Cli.run("replay", file.toString());
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err().lines()).hasSize(1);
        return outcome.err();
    }

    @Test
    @DisplayName("formats.md 1.3, 1.4, 5.7 and 5.15: the text for a mailing list has no line over 75 columns, no tab, nothing but ASCII; the page is well-formed and loads nothing")
    void textAndPage(@TempDir Path folder) throws IOException {
        Path mail = folder.resolve("race.txt");
        Path page = folder.resolve("race.html");
        Cli.run("explore", "seed-race", "-p", "legacy,unmap-at-destroy", "--lkml", mail.toString(), "--report", page.toString());
        String text = Files.readString(mail);
        assertThat(text.lines()).allMatch(line -> line.length() <= 75 && line.matches("[ -~]*"));
        Golden.check("explore-lkml", text.replaceAll("dmalab [^ ]+:", "dmalab MODEL:"));
        String html = Files.readString(page);
        assertThat(html).contains("use-after-free").contains("dmalab replay explore1:").contains("All steps").contains("SAFE")
                .doesNotContain("<script").doesNotContain("src=");
    }

    @Test
    @DisplayName("no violation, no schedule: nothing is left where it was to be, and that is said")
    void noSchedule(@TempDir Path folder) {
        Path file = folder.resolve("none.schedule");
        Cli.Outcome outcome = Cli.run("explore", "seed-race", "-p", "unmap-at-destroy", "--schedule-out", file.toString());
        assertThat(outcome.code()).isZero();
        assertThat(outcome.err()).contains("no violation, so no schedule is written");
        assertThat(folder).isEmptyDirectory();
        Cli.Outcome nowhere = Cli.run("explore", "seed-race", "--schedule-out", folder.resolve("no/folder").toString());
        assertThat(nowhere.code()).isEqualTo(2);
    }

    @Test
    @DisplayName("the same exploration twice: the same result to the letter, but for the time it took")
    void deterministic() {
        String[] command = {"explore", "two-users", "-p", "legacy", "--find", "all", "--executions", "50"};
        assertThat(timeless(Cli.run(command).out())).isEqualTo(timeless(Cli.run(command).out()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"exhaustive", "preemptions", "pct", "pos", "random"})
    @DisplayName("any number of jobs comes to the same: verdict, counts, counterexample")
    void jobs(String strategy) {
        String[] command = {"explore", "two-users", "-p", "legacy", "--strategy", strategy, "--find", "all", "--executions", "60", "--jobs"};
        String one = timeless(Cli.run(with(command, "1")).out());
        assertThat(one).contains("60 executions");
        for (String jobs : List.of("2", "3", "8")) {
            assertThat(timeless(Cli.run(with(command, jobs)).out())).isEqualTo(one);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"unmap-at-destroy", "item-blocks", "leak-map", "generation-check", "destroy-waits", "direct-window"})
    @DisplayName("what a strategy that draws finds, the exhaustive one does not call safe")
    void drawnAndExhaustive(String policy) {
        Cli.Outcome drawn = Cli.run("explore", "seed-race", "-p", policy, "--strategy", "pos", "--executions", "60");
        Cli.Outcome all = Cli.run("explore", "seed-race", "-p", policy);
        assertThat(all.code()).as(drawn.out() + all.out()).isGreaterThanOrEqualTo(drawn.code());
    }

    @Test
    @DisplayName("explorations side by side: the same table, in the order in which they were asked for")
    void sideBySide() {
        String[] command = {"explore", "seed-race", "two-users", "-p", "legacy,unmap-at-destroy,item-blocks", "--shorten", "0", "--jobs"};
        String seconds = " *[0-9]+\\.[0-9]{2} *";
        String one = Cli.run(with(command, "1")).out().replaceAll(seconds, " TIME");
        assertThat(Cli.run(with(command, "4")).out().replaceAll(seconds, " TIME")).isEqualTo(one);
        assertThat(Cli.run(with(command, "0")).err()).contains("--jobs: 0 is out of range; give a number from 1 to 1024");
    }

    @Test
    @DisplayName("--scenarios alone: 'explore' stands for the small worlds that are shipped, a folder for what is in it; one that holds nothing is refused")
    void folderOfWorlds(@TempDir Path folder) throws IOException {
        String shipped = Cli.run("explore", "--policies", "legacy,unmap-at-destroy", "--scenarios", "explore", "--executions", "2", "--shorten", "0").out();
        assertThat(shipped.lines().filter(line -> line.contains("unmap-at-destroy")).map(line -> line.strip().split(" ")[0])).containsExactly(
                "interface-goes", "liobn-reuse-race", "removal-against-probe", "return-against-walk", "ring-producer-against-pool-free", "seed-race",
                "two-removals", "two-users");
        assertThat(shipped).contains("16 explorations: ").contains("without an answer (at most 2 executions each; --executions N for more)");

        Cli.Outcome empty = Cli.run("explore", "--scenarios", folder.toString());
        assertThat(empty.code()).isEqualTo(2);
        assertThat(empty.err().lines()).hasSize(1).first().asString().contains("holds no scenario file");
        assertThat(Cli.run("explore", "--scenarios", folder.resolve("none").toString()).err()).contains("no such folder");
        Path world = Path.of(System.getProperty("basedir", "."), "../scenarios/explore/two-users.yaml");
        Files.copy(world, folder.resolve("two-users.yaml"));
        assertThat(Cli.run("explore", "--scenarios", folder.toString(), "--shorten", "0").out()).startsWith("two-users, policy legacy: VIOLATION");
    }

    @Test
    @DisplayName("a search that does not end says how much of about how much is done; how short a counterexample is, is proved if all is looked at, else not")
    void leftAndProved() {
        assertThat(Cli.run("explore", "seed-race", "-p", "zombie-table", "--executions", "40").out())
                .containsPattern("not seen   more than 40 executions; [0-9]+ of about [0-9,]+ are done \\(estimate\\)");
        String[] command = {"explore", "seed-race", "-p", "wait-for-drain,interval=1s,cap=forever", "--shorten"};
        assertThat(Cli.run(with(command, "0")).out()).contains("  shortened; there may be a shorter one");
        assertThat(Cli.run(with(command, "20")).out()).contains("  shortened, and 20 more executions looked at; there may be a shorter one");
        String proved = Cli.run(with(command, "1000")).out();
        assertThat(proved).contains("36 steps, 6 changes of context")
                .contains("no interleaving does this with fewer changes, or with as few and fewer steps: all were looked at");
        assertThat(Cli.run(with(command, "-1")).err()).contains("--shorten: -1 is out of range");
    }

    private static String[] with(String[] command, String last) {
        String[] all = Arrays.copyOf(command, command.length + 1);
        all[command.length] = last;
        return all;
    }

    private static void check(String golden, String... command) {
        Cli.Outcome outcome = Cli.run(command);
        Golden.check(golden, timeless(outcome.out()));
    }

    private static String timeless(String text) {
        return text.replaceAll("[0-9.]+ s\\n", "TIME\n").replaceAll("\\+[0-9a-f]{8}/", "+MODEL/");
    }
}
