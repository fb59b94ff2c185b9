package io.dmalab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where progress is shown. */
class TerminalTest {
    @TempDir
    Path folder;

    private Path link(String target) throws IOException {
        return Files.createSymbolicLink(folder.resolve("2"), Path.of(target));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({"/dev/pts/3, true", "/dev/tty1, true", "/dev/console, true", "/dev/null, false", "/home/user/errors.log, false",
        "pipe:[4711], false", "socket:[4711], false"})
    @DisplayName("progress is shown where standard error is a terminal, and nowhere else")
    void standardError(String target, boolean shown) throws IOException {
        assertThat(Terminal.onStderr(link(target), "xterm")).isEqualTo(shown);
    }

    @Test
    void aDumbTerminalCannotRewriteALine() throws IOException {
        assertThat(Terminal.onStderr(link("/dev/pts/3"), "dumb")).isFalse();
    }

    @Test
    void withoutAKindOfTerminal() throws IOException {
        assertThat(Terminal.onStderr(link("/dev/pts/3"), null)).isTrue();
    }
}
