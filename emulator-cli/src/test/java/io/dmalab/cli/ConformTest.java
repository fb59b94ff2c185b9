package io.dmalab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code dmalab conform}: the hypervisor's side. */
class ConformTest {
    @TempDir
    Path folder;

    private static String stable(String text, Path folder) {
        return text.replace(folder.toString(), "FOLDER").replaceAll("; [0-9,]+ calls a second", "; N calls a second");
    }

    @Test
    @DisplayName("recordings that agree: calls by operation of each and of all; exit 0")
    void agrees() {
        Cli.Outcome outcome = Cli.run("conform", Recordings.of("wrong-calls").toString(), Recordings.of("bridge-unplug").toString());
        assertThat(outcome.code()).isZero();
        Golden.check("conform", stable(outcome.out(), Recordings.FOLDER));
    }

    @Test
    @DisplayName("differences: the call in words, both answers, the state that decided ours; exit 1")
    void differs() throws IOException {
        Path changed = folder.resolve("changed.jsonl");
        List<String> lines = Recordings.lines("two-processors");
        lines.removeIf(line -> line.contains("\"call\":\"ibm,create-pe-dma-window\""));
        Files.write(changed, lines);
        Cli.Outcome outcome = Cli.run("conform", "--max-differences", "2", changed.toString());
        assertThat(outcome.code()).isEqualTo(1);
        Golden.check("conform-differs", stable(outcome.out(), folder));
        Cli.Outcome json = Cli.run("conform", "--json", changed.toString());
        assertThat(json.code()).isEqualTo(1);
        assertThat(Schemas.errors(Schemas.ofOutput("conformance"), json.out())).isEmpty();
    }

    @Test
    @DisplayName("a folder, a pattern, --quiet; what is no recording is skipped and named")
    void folders() throws IOException {
        Files.copy(Recordings.of("random-calls"), folder.resolve("a.jsonl.gz"));
        Files.writeString(folder.resolve("b.jsonl"), "{}\n");
        Cli.Outcome outcome = Cli.run("conform", "--quiet", folder.toString());
        assertThat(outcome.code()).isZero();
        assertThat(outcome.err()).contains("skipped ").contains("b.jsonl:1:1: no header");
        assertThat(outcome.out()).startsWith("1 recording: ").contains(" 0 differed; ");
        assertThat(Cli.run("conform", "--quiet", folder.resolve("*.jsonl.gz").toString()).out()).startsWith("1 recording: ");
    }

    @Test
    @DisplayName("Ctrl-C: what is known is printed; exit 130")
    void interrupted() throws IOException {
        Path file = Files.copy(Recordings.of("wrong-calls"), folder.resolve("a.jsonl.gz"));
        Thread.currentThread().interrupt();
        Cli.Outcome outcome = Cli.run("conform", "--json", file.toString());
        assertThat(Thread.interrupted()).isTrue();
        assertThat(outcome.code()).isEqualTo(Main.INTERRUPTED);
        assertThat(outcome.err()).isEqualTo("dmalab: interrupted in " + file + ", with 0 of 1 files done\n");
        assertThat(outcome.out()).contains("\"complete\" : false");
        assertThat(Schemas.errors(Schemas.ofOutput("conformance"), outcome.out())).isEmpty();
    }

    @Test
    @DisplayName("bad input: what was compared is shown, then one line that says where; exit 2")
    void badInput() throws IOException {
        byte[] whole = Files.readAllBytes(Recordings.of("random-calls"));
        Path cut = Files.write(folder.resolve("cut.jsonl.gz"), Arrays.copyOf(whole, whole.length / 2));
        Cli.Outcome outcome = Cli.run("conform", cut.toString());
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.out()).contains(" 0 differed; ");
        assertThat(outcome.err()).contains("cut.jsonl.gz:").contains("; record it again").hasLineCount(1);
        Cli.Outcome none = Cli.run("conform", folder.resolve("*.none").toString());
        assertThat(none.code()).isEqualTo(2);
        assertThat(none.err()).contains("no such file or folder").hasLineCount(1);
    }
}
