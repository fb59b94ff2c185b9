package io.dmalab.core.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmalab.core.scenario.BadInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are there as a whole or not at all. */
class SpooledFileTest {
    @TempDir
    Path folder;

    @AfterEach
    void notInterrupted() {
        Thread.interrupted();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    @Test
    void nothingIsSeenBeforeTheEnd() throws IOException {
        Path target = folder.resolve("\u00fc b.txt");
        SpooledFile file = SpooledFile.create(target.toString());
        file.write("body\n");
        assertThat(files()).isEmpty();
        file.finish("head\n");
        file.close();
        assertThat(files()).containsExactly(target);
        assertThat(target).hasContent("head\nbody\n");
    }

    @Test
    void whatIsGivenUpLeavesNothingAndKeepsWhatWasThere() throws IOException {
        Path target = Files.writeString(folder.resolve("old.txt"), "old");
        SpooledFile file = SpooledFile.create(target.toString());
        file.write("new");
        file.close();
        assertThat(files()).containsExactly(target);
        assertThat(target).hasContent("old");
    }

    @Test
    void whoeverWasInterruptedStillWritesWhatIsKnown() throws IOException {
        Path target = folder.resolve("known.txt");
        SpooledFile file = SpooledFile.create(target.toString());
        file.write("a");
        Thread.currentThread().interrupt();
        file.write("b".repeat(100_000));
        file.finish("");
        file.close();
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        assertThat(target).hasContent("a" + "b".repeat(100_000));
    }

    @Test
    void aPlaceThatIsNotThereIsSaidAtOnce() {
        assertThatThrownBy(() -> SpooledFile.create(folder.resolve("none/x").toString())).isInstanceOf(BadInput.class)
                .hasMessageContaining("cannot be written (there is no such folder)");
    }
}
