package io.dmalab.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The jars of the distribution. */
class JarsIT {
    private static final String PLUGIN = "io.dmalab.api.EmulatorPlugin";
    private static final Path GOLDEN = Path.of("src/test/golden/modules");

    static List<Path> ourJars() throws IOException {
        return Dist.ourJars();
    }

    @Test
    void holdsEveryModule() throws IOException {
        assertThat(ourJars()).extracting(ModuleNames::of).containsExactlyInAnyOrder("io.dmalab.api", "io.dmalab.core",
                "io.dmalab.platform.pseries", "io.dmalab.netstack", "io.dmalab.driver.mlx", "io.dmalab.cli");
    }

    @Test
    @DisplayName("formats.md 2: every jar is a named module")
    void everyJarIsANamedModule() {
        assertThat(ModuleFinder.of(Dist.LIB).findAll()).extracting(ModuleReference::descriptor)
                .filteredOn(ModuleDescriptor::isAutomatic).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("ourJars")
    @DisplayName("formats.md 2: providers are named in the module's descriptor and in META-INF/services")
    void descriptorAndServiceFileNameTheSamePlugins(Path jar) throws IOException {
        SortedSet<String> provided = ModuleNames.reference(jar).descriptor().provides().stream()
                .filter(p -> p.service().equals(PLUGIN)).flatMap(p -> p.providers().stream()).collect(Collectors.toCollection(TreeSet::new));
        assertThat(serviceFile(jar)).isEqualTo(provided);
    }

    private static SortedSet<String> serviceFile(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            ZipEntry entry = file.getEntry("META-INF/services/" + PLUGIN);
            if (entry == null) {
                return new TreeSet<>();
            }
            String text = new String(file.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
            return text.lines().map(line -> line.replaceFirst("#.*", "").strip()).filter(line -> !line.isEmpty())
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** An accidental export or dependency shows here. -Dgolden.update=true rewrites the files. */
    @ParameterizedTest
    @MethodSource("ourJars")
    @DisplayName("formats.md 2: what a module exports and requires is agreed in a file")
    void descriptorIsTheAgreedOne(Path jar) throws IOException {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        assertThat(ToolProvider.findFirst("jar").orElseThrow().run(out, out, "--describe-module", "--file=" + jar)).isZero();
        // the first line also names the jar's place and version; packages that stay inside are nobody's business
        String described = ModuleNames.of(jar) + "\n" + text.toString().lines().skip(1).map(line -> line.replaceAll("@\\S+", ""))
                .filter(line -> !line.isBlank() && !line.startsWith("contains ")).sorted().collect(Collectors.joining("\n", "", "\n"));
        Path golden = GOLDEN.resolve(ModuleNames.of(jar) + ".txt");
        if (Boolean.getBoolean("golden.update")) {
            Files.createDirectories(GOLDEN);
            Files.writeString(golden, described);
        }
        assertThat(described).as("jar --describe-module, agreed in %s", golden).isEqualTo(Files.readString(golden));
    }
}
