package io.dmalab.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.dmalab.core.Emulator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code dmalab conform --guest}. */
class GuestConformTest {
    @TempDir
    Path folder;

    @Test
    @DisplayName("a recording that agrees: phases, what was carried out, what was taken from it; exit 0")
    void agrees() {
        Cli.Outcome outcome = Cli.run("conform", "--guest", Recordings.of("one-window").toString());
        assertThat(outcome.code()).isZero();
        Golden.check("conform-guest", outcome.out().replace(Recordings.FOLDER.toString(), "FOLDER"));
    }

    @Test
    @DisplayName("a difference: both calls and the state that decided ours; exit 1")
    void differs() throws IOException {
        Path changed = folder.resolve("changed.jsonl");
        List<String> lines = Recordings.lines("two-processors");
        lines.removeIf(line -> line.contains("\"seq\":547,"));
        Files.write(changed, lines);
        Cli.Outcome outcome = Cli.run("conform", "--guest", "--max-differences", "1", changed.toString());
        assertThat(outcome.code()).isEqualTo(1);
        Golden.check("conform-guest-differs", outcome.out().replace(folder.toString(), "FOLDER"));
    }

    @Test
    @DisplayName("a folder: what is no guest's recording is skipped and named; --quiet prints the sums only")
    void folder() throws IOException {
        Files.copy(Recordings.of("direct-window"), folder.resolve("a.jsonl.gz"));
        Files.writeString(folder.resolve("b.jsonl"), "{}\n");
        Cli.Outcome outcome = Cli.run("conform", "--guest", folder.toString());
        assertThat(outcome.code()).isZero();
        assertThat(outcome.err()).contains("skipped ").contains("b.jsonl:1:1: no header");
        Cli.Outcome quiet = Cli.run("conform", "--guest", "--quiet", folder.toString());
        assertThat(quiet.err()).startsWith("dmalab: skipped ").hasLineCount(1);
        assertThat(quiet.out()).isEqualTo("1 recording: 515 calls compared, 515 agreed, 0 differed, 0 ours only; 1 carried out as recorded\n");
    }

    @Test
    @DisplayName("Ctrl-C: what is known is printed; exit 130")
    void interrupted() {
        Thread.currentThread().interrupt();
        Cli.Outcome outcome = Cli.run("conform", "--guest", Recordings.of("one-window").toString(), Recordings.of("tiny-window").toString());
        assertThat(Thread.interrupted()).isTrue();
        assertThat(outcome.code()).isEqualTo(Main.INTERRUPTED);
        assertThat(outcome.out()).startsWith("0 recordings: 0 calls compared");
        assertThat(outcome.err()).contains("interrupted in ").endsWith("with 0 of 2 files done\n").hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--quiet", "--json"})
    @DisplayName("Ctrl-C in the middle of a file: what is known of that file is printed; exit 130")
    void interruptedInAFile(String option) {
        ConformCommand command = new ConformCommand();
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        new CommandLine(command).setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).parseArgs("--guest", option, Recordings.of("bridge-removal").toString());
        List<RecordingFiles.File> files = RecordingFiles.of(command.recordings);
        Thread user = Thread.currentThread();
        CountDownLatch seen = new CountDownLatch(1);
        AtomicLong bytes = new AtomicLong();
        RecordingsWalk walk = new RecordingsWalk(command.output, files) {
            @Override
            void progress(long read) {
                if (Thread.currentThread() != user && bytes.compareAndSet(0, read)) {
                    user.interrupt();
                    // the machine goes no further before the report is there
                    assertThatCode(seen::await).doesNotThrowAnyException();
                }
            }
        };
        int code = new GuestConform(command.output, Emulator.load(), 10).run(files, walk);
        seen.countDown();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(code).isEqualTo(Main.INTERRUPTED);
        assertThat(bytes.get()).isPositive();
        assertThat(err.toString()).contains("interrupted in ").endsWith("with 0 of 1 files done\n").hasLineCount(1);
        if (option.equals("--json")) {
            JsonNode node = JsonMapper.shared().readTree(out.toString());
            assertThat(Schemas.errors(Schemas.ofOutput("guest-conformance"), out.toString())).isEmpty();
            assertThat(node.path("recordings").get(0).path("complete").asBoolean()).isFalse();
            assertThat(node.path("calls").asLong() + node.path("carriedOut").asLong()).isEqualTo(2048);
        } else {
            assertThat(out.toString()).startsWith("1 recording: ").contains(" 0 differed");
        }
    }

    @Test
    @DisplayName("--json holds to its schema and says the same")
    void json() {
        Cli.Outcome outcome = Cli.run("conform", "--guest", "--json", "--quiet", Recordings.of("bridge-removal").toString());
        JsonNode node = JsonMapper.shared().readTree(outcome.out());
        assertThat(Schemas.errors(Schemas.ofOutput("guest-conformance"), outcome.out())).isEmpty();
        assertThat(node.path("differed").asLong()).isZero();
        assertThat(node.path("recordings").get(0).path("phases")).anyMatch(phase -> phase.path("name").stringValue().equals("removal"));
    }

    @Test
    @DisplayName("bad input: one line that says where, exit 2")
    void badInput() throws IOException {
        bad("no such file or folder", "conform", "--guest", folder.resolve("none.jsonl").toString());
        bad("no *.jsonl or *.jsonl.gz in it", "conform", "--guest", folder.toString());
        bad("--max-differences: -1 is negative", "conform", "--guest", "--max-differences=-1", Recordings.of("direct-window").toString());
        Path damaged = Files.copy(Recordings.of("direct-window"), folder.resolve("damaged.jsonl.gz"));
        byte[] bytes = Files.readAllBytes(damaged);
        Files.write(damaged, java.util.Arrays.copyOf(bytes, bytes.length / 2), StandardOpenOption.TRUNCATE_EXISTING);
        bad("the file ends in the middle or is damaged; record it again", "conform", "--guest", damaged.toString());
        Path text = Files.writeString(folder.resolve("text.jsonl"), "hello\n");
        bad("text.jsonl:1:1: no header of the format tce-trace-1", "conform", "--guest", text.toString());
    }

    private static void bad(String message, String... args) {
        Cli.Outcome outcome = Cli.run(args);
        assertThat(outcome.code()).as(outcome.err()).isEqualTo(2);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err()).contains(message).hasLineCount(1);
    }
}
