package io.dmalab.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** The excerpts of recordings that the platform's tests have. */
final class Recordings {
    static final Path FOLDER = Path.of(System.getProperty("basedir", "."), "../platform-pseries/src/test/resources/recordings");

    private Recordings() {}

    static Path of(String name) {
        return FOLDER.resolve(name + ".jsonl.gz");
    }

    /** Its lines, to be changed. */
    static List<String> lines(String name) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(of(name)))) {
            return new ArrayList<>(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
        }
    }
}
