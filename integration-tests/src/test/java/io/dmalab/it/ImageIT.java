package io.dmalab.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The run-time image, taken elsewhere: what the archive of the distribution is unpacked to. */
class ImageIT {
    /** Java ends with an error if the archive of classes cannot be used. */
    private static final String WITH_ARCHIVE = "-Xshare:on";

    @TempDir
    Path temp;

    private Path image;

    @BeforeEach
    void copy() throws Exception {
        image = temp.resolve("somewhere else");
        Dist.Outcome copied = Dist.run(List.of("cp", "-R", Dist.IMAGE.toString(), image.toString()));
        assertThat(copied.code()).as(copied.err()).isZero();
        Files.setLastModifiedTime(image.resolve("lib/modules"), FileTime.from(Instant.EPOCH));
    }

    /** Without the environment of this build. */
    private Dist.Outcome dmalab(String javaOptions, String... arguments) throws IOException, InterruptedException {
        List<String> launch = List.of("env", "-i", "PATH=/usr/bin:/bin", "JDK_JAVA_OPTIONS=" + javaOptions, image.resolve("bin/dmalab").toString());
        return Dist.run(Dist.command(launch, arguments), Path.of("/"), Map.of());
    }

    @Test
    void needsNoJavaAndKeepsItsArchiveOfClasses() throws Exception {
        Dist.Outcome version = dmalab(WITH_ARCHIVE, "--version");
        assertThat(version.code()).as(version.err()).isZero();
        assertThat(version.out()).startsWith("dmalab ");
    }

    @Test
    void anArchiveThatDoesNotFitIsAnErrorIfItIsAskedForAndElseLeftAside() throws Exception {
        Files.writeString(image.resolve("lib/dmalab.jsa"), "no archive");
        assertThat(dmalab(WITH_ARCHIVE, "--version").code()).isNotZero();
        Dist.Outcome version = dmalab("-Xshare:auto", "--version");
        assertThat(version.code()).as(version.err()).isZero();
    }

    @Test
    void givesTheSameRunWithAndWithoutTheArchive() throws Exception {
        Dist.Outcome with = dmalab(WITH_ARCHIVE, "run", "--json", "-q");
        Files.delete(image.resolve("lib/dmalab.jsa"));
        Dist.Outcome without = dmalab("-Xshare:auto", "run", "--json", "-q");
        assertThat(without.digest()).isEqualTo(with.digest());
    }

    @Test
    void scenariosAndPluginsAreThoseBesideItsLauncher() throws Exception {
        Files.createDirectories(image.resolve("plugins"));
        Files.writeString(image.resolve("plugins/broken.jar"), "no jar");
        Path scenarios = Files.createDirectories(image.resolve("scenarios"));
        String text = Files.readString(Dist.ROOT.resolve("scenarios/dlpar-remove-under-load.yaml"));
        Files.writeString(scenarios.resolve("mine.yaml"), text.replace("scenario: dlpar-remove-under-load", "scenario: mine"));
        Dist.Outcome list = dmalab(WITH_ARCHIVE, "scenarios");
        assertThat(list.out()).contains("mine ");
        assertThat(list.err()).contains("broken.jar");
    }

    @Test
    void bringsTheLicenceOfEveryLibrary() throws IOException {
        try (Stream<Path> jars = Files.list(Dist.LIB)) {
            assertThat(jars.map(ModuleNames::of).filter(module -> !module.startsWith("io.dmalab"))).isNotEmpty()
                    .allSatisfy(module -> assertThat(image.resolve("legal").resolve(module)).isNotEmptyDirectory());
        }
    }
}
