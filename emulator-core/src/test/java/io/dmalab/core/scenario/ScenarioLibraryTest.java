package io.dmalab.core.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScenarioLibraryTest {
    private static final String DEVICES = "\ndevices: { name: eth4, driver: nic }\n";

    @TempDir
    Path folder;

    private Path write(String file, String id) throws IOException {
        return Files.writeString(folder.resolve(file), "scenario: " + id + "\nsummary: mine" + DEVICES);
    }

    private ScenarioLibrary library() {
        return new ScenarioLibrary(Optional.of(folder));
    }

    @Test
    void aFileOfTheFolderWinsOverAShippedOne() throws IOException {
        write("fragment-30s.yaml", "fragment-30s");
        write("my-own.yaml", "my-own");
        assertThat(library().find("fragment-30s").summary()).isEqualTo("mine");
        assertThat(library().all()).extracting(Scenario::id).contains("my-own", "fragment-30s", "dlpar-remove-under-load").isSorted()
                .doesNotHaveDuplicates();
        assertThat(new ScenarioLibrary(Optional.empty()).find("fragment-30s").summary()).isNotEqualTo("mine");
    }

    @Test
    void aFileOfTheFolderIsNamedAsItsScenario() throws IOException {
        Path file = write("a.yaml", "b");
        assertThatThrownBy(() -> library().find("a")).isInstanceOf(BadInput.class)
                .hasMessage(file + ":1:1: the scenario calls itself 'b'; name it as its file, 'a'");
    }

    @Test
    void aFileGivenByItsPathMayHaveAnyName() throws IOException {
        assertThat(library().find(write("a.yaml", "b").toString()).id()).isEqualTo("b");
        assertThat(library().find(write("c.yml", "d").toString()).id()).isEqualTo("d");
    }

    @Test
    void anUnknownNameIsSuggested() {
        assertThatThrownBy(() -> library().find("direct-windw")).isInstanceOf(BadInput.class)
                .message().startsWith("direct-windw: unknown scenario; did you mean 'direct-window'? known: ");
        assertThatThrownBy(() -> library().find("")).hasMessage("SCENARIO: the name is empty; see 'dmalab scenarios'");
        assertThatThrownBy(() -> library().find("a/\0b")).hasMessageContaining("is not a path");
    }

    @Test
    void aFolderThatIsNotThereIsBadInput() {
        assertThatThrownBy(() -> new ScenarioLibrary(Optional.of(folder.resolve("none"))).all()).isInstanceOf(BadInput.class)
                .message().contains("cannot be listed");
    }
}
