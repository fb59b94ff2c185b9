package io.dmalab.core.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** What may be given in place of a scenario file. */
class YamlFileTest {
    @TempDir
    Path folder;

    private void assertBad(Path file, String message) {
        assertThatThrownBy(() -> YamlFile.text(file)).isInstanceOf(BadInput.class).hasMessage(file + message);
    }

    @Test
    void aMissingFile() {
        assertBad(folder.resolve("none.yaml"), ": no such file; check the path, or see 'dmalab scenarios'");
    }

    @Test
    void aDirectory() {
        assertBad(folder, ": is a directory; name a scenario file");
    }

    @Test
    void aFileOfAHundredMegabytesIsNotRead() throws IOException {
        Path large = folder.resolve("large.yaml");
        try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength(100_000_000);
        }
        assertBad(large, ": is larger than 1 MiB; name a scenario file; scenarios are a page of YAML");
    }

    static boolean hasEndlessDevice() {
        return Files.exists(Path.of("/dev/zero"));
    }

    @Test
    @EnabledIf("hasEndlessDevice")
    void aDeviceThatSaysItIsEmptyAndNeverEnds() {
        assertBad(Path.of("/dev/zero"), ": is larger than 1 MiB; name a scenario file; scenarios are a page of YAML");
    }

    @Test
    void binary() throws IOException {
        Path file = Files.write(folder.resolve("b.yaml"), new byte[] {(byte) 0xca, (byte) 0xfe, (byte) 0xba, (byte) 0xbe, 0});
        assertBad(file, ": is not UTF-8 text; name a scenario file");
    }

    @Test
    void textInAnotherEncoding() throws IOException {
        Path file = Files.write(folder.resolve("l.yaml"), "scenario: Gerät\n".getBytes(StandardCharsets.ISO_8859_1));
        assertBad(file, ": is not UTF-8 text; name a scenario file");
    }

    @Test
    void zeroBytesAreUtf8ButNotYaml() throws IOException {
        Path file = Files.write(folder.resolve("z.yaml"), new byte[16]);
        assertThatThrownBy(() -> ScenarioReader.read(file)).isInstanceOf(BadInput.class).message().startsWith(file + ":1:1: not YAML: ")
                .doesNotContain("\n");
    }

    @Test
    void aByteOrderMarkIsSkipped() throws IOException {
        Path file = Files.writeString(folder.resolve("bom.yaml"), "\uFEFFscenario: x\n");
        assertThat(YamlFile.text(file)).isEqualTo("scenario: x\n");
    }
}
