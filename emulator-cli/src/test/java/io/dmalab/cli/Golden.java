package io.dmalab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Text that a user sees, compared with a file of src/test/golden; {@code -Dgolden.update=true} writes the files anew. */
final class Golden {
    private static final Path FOLDER = Path.of(System.getProperty("basedir", "."), "src/test/golden");

    private Golden() {}

    static void check(String name, String text) {
        Path file = FOLDER.resolve(name + ".txt");
        try {
            if (Boolean.getBoolean("golden.update")) {
                Files.createDirectories(FOLDER);
                Files.writeString(file, text);
                return;
            }
            assertThat(file).as("missing: run the test with -Dgolden.update=true, and look at what it wrote").exists();
            assertThat(text).as("%s, and a wanted change is written by -Dgolden.update=true", file).isEqualTo(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
