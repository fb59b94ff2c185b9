package io.dmalab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.observe.Observer;
import io.dmalab.core.Emulator;
import io.dmalab.core.life.InFlight;
import io.dmalab.core.life.LifeStory;
import io.dmalab.core.life.Subject;
import io.dmalab.core.run.Removal;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.RunResult;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Life stories, and who holds what. */
class LifeTest {
    private static final String SMALL = Path.of(System.getProperty("basedir", "."), "src/test/resources/small.yaml").toString();

    /** The page that a fragment holds until after the removal, as {@code --who-holds} names it. */
    private static String latePage() {
        return Cli.run("run", SMALL, "--policy", "legacy", "--who-holds", "2s").out().lines().filter(line -> line.contains("ip_frag")
                || line.contains("fragment")).findFirst().orElseThrow().replaceAll(".*?([0-9]+)( [0-9]+)*( \\.\\.\\.)?$", "$1");
    }

    private static RunResult run(Observer observer, String policy) {
        Emulator emulator = Emulator.load();
        RunRequest request = emulator.request(SMALL).withPolicy(policy);
        RunResult plain = emulator.run(request);
        RunResult observed = emulator.run(request.withObservers(List.of(observer)));
        assertThat(observed.digest()).as("observing changes nothing").isEqualTo(plain.digest());
        return observed;
    }

    @Test
    @DisplayName("issue 4.4: mapped by whom, handed to whom, held for which reason since when, unmapped by whom after what")
    void storyOfALatePage() {
        Golden.check("life-page", Cli.run("run", SMALL, "--policy", "legacy", "--explain", "page " + latePage()).text(Path.of(SMALL)));
    }

    @Test
    void storyOfATable() {
        Golden.check("life-table", Cli.run("run", SMALL, "--policy", "legacy", "--explain", "table LIOBN 0x70000016").text(Path.of(SMALL)));
    }

    @Test
    void whoHolds() {
        Golden.check("life-who-holds", Cli.run("run", SMALL, "--policy", "legacy", "--who-holds", "2s").text(Path.of(SMALL)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"legacy", "unmap-at-destroy", "wait-for-drain"})
    @DisplayName("at the moment a removal returns, as many streaming mappings are in flight as the run itself counted")
    void agreesWithTheRun(String policy) {
        Removal removal = run(new InFlight(0), policy).removals().getFirst();
        InFlight then = new InFlight(removal.endNanos().orElseThrow());
        run(then, policy);
        long streaming = then.holdings().stream().filter(InFlight.Holding::streaming).flatMap(h -> h.pages().stream()).distinct().count();
        assertThat(streaming).isEqualTo(removal.mappedAfter());
    }

    @Test
    @DisplayName("a mapping that is unmapped after the table was freed touches it, and its story says so")
    void lateStoryTouchesTheFreedTable() {
        LifeStory story = new LifeStory(new Subject.Page(Integer.parseInt(latePage())));
        run(story, "legacy");
        List<LifeStory.Kind> kinds = story.entries().stream().map(LifeStory.Entry::kind).toList();
        assertThat(kinds).contains(LifeStory.Kind.BORN, LifeStory.Kind.HANDED, LifeStory.Kind.STEP, LifeStory.Kind.ENDED,
                LifeStory.Kind.STALE);
        assertThat(kinds.indexOf(LifeStory.Kind.STALE)).isGreaterThan(kinds.indexOf(LifeStory.Kind.BORN));
        assertThat(story.entries().stream().filter(e -> e.kind() == LifeStory.Kind.STALE).map(LifeStory.Entry::what))
                .allMatch(what -> what.contains("of the freed "));
    }

    @Test
    void storyOfACleanPolicyTouchesNothingFreed() {
        LifeStory story = new LifeStory(new Subject.Page(Integer.parseInt(latePage())));
        run(story, "unmap-at-destroy");
        assertThat(story.entries()).isNotEmpty().noneMatch(e -> e.kind() == LifeStory.Kind.STALE);
    }

    @Test
    void everyStoryIsInOrderOfTime() {
        LifeStory story = new LifeStory(Subject.parse("liobn 70000016", "test"));
        run(story, "legacy");
        assertThat(story.entries()).extracting(LifeStory.Entry::timeNanos).isSorted();
        assertThat(story.livesOn()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0x80000180ad00000,0x80000180ad00000", "80000180AD00000,0x80000180ad00000", "page 784,page 784", "page:784,page 784",
        "pfn 0x310,page 784", "page 0784,page 784", "table LIOBN 0x70000016,LIOBN 0x70000016", "liobn 70000016,LIOBN 0x70000016",
        "object c00000010004c400,0xc00000010004c400", "table 0xc00000010004c400,0xc00000010004c400"})
    void subjects(String given, String read) {
        assertThat(Subject.parse(given, "--explain")).hasToString(read);
    }

    @Test
    void json() {
        Cli.Outcome outcome = Cli.run("run", SMALL, "--policy", "legacy", "--explain", "liobn 70000016", "--who-holds", "2s", "--json");
        assertThat(Schemas.errors(Schemas.ofOutput("life"), outcome.out())).isEmpty();
    }

    @Test
    void replayTellsTheSameStory() {
        String token = Cli.run("run", SMALL, "--policy", "legacy", "-q").out().replaceAll("(?s).*replay    dmalab replay (\\S+).*", "$1");
        String[] asked = {"--explain", "liobn 70000016"};
        assertThat(Cli.run("replay", token, "--scenario", SMALL, asked[0], asked[1]).out())
                .isEqualTo(Cli.run("run", SMALL, "--policy", "legacy", asked[0], asked[1]).out());
    }

    @ParameterizedTest
    @CsvSource({"address,--explain,0x123", "page,--explain,page 3", "table,--explain,table LIOBN 0x1", "words,--explain,the first one",
        "overflow,--explain,page 99999999999", "moment,--who-holds,soon", "negative,--who-holds,-1s"})
    void badInput(String name, String option, String value) {
        Cli.Outcome outcome = Cli.run("run", SMALL, "--policy", "legacy", option + "=" + value);
        assertThat(outcome.code()).isEqualTo(Main.BAD_INPUT);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err().lines()).hasSize(1);
        Golden.check("bad-life-" + name, outcome.text(Path.of(SMALL)));
    }
}
