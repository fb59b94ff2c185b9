package io.dmalab.cli;

import io.dmalab.core.scenario.BadInput;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where this installation keeps its scenarios and plugins: below the system property {@code dmalab.home}, set by the launcher. */
final class Installation {
    private Installation() {}

    private static Optional<Path> home() {
        return Optional.ofNullable(System.getProperty("dmalab.home")).map(Path::of);
    }

    /**
     * The folder of drop-in plugins: option, then property {@code dmalab.plugins}, then environment DMALAB_PLUGINS, then the
     * installation's.
     */
    static Optional<Path> plugins(Optional<Path> option) {
        Optional<Path> asked = option
                .or(() -> Optional.ofNullable(System.getProperty("dmalab.plugins")).map(Path::of))
                .or(() -> Optional.ofNullable(System.getenv("DMALAB_PLUGINS")).map(Path::of));
        asked.ifPresent(p -> requireFolder(p, "name the folder that holds the plugin jars"));
        return asked.or(() -> home().map(h -> h.resolve("plugins")).filter(Files::isDirectory));
    }

    static Optional<Path> scenarios(Optional<Path> option) {
        option.ifPresent(p -> requireFolder(p, "name the folder that holds the scenario files"));
        return option.or(() -> home().map(h -> h.resolve("scenarios")).filter(Files::isDirectory));
    }

    private static void requireFolder(Path path, String remedy) {
        if (!Files.isDirectory(path)) {
            throw BadInput.of(path.toString(), Files.exists(path) ? "is a file, not a folder" : "no such folder", remedy);
        }
    }
}
