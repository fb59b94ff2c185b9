package io.dmalab.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** The smallest plugin there can be: examples/policy-plugin, dropped in. */
class ExamplePluginIT {
    private static final Path SOURCES = Dist.ROOT.resolve("examples/policy-plugin/src/main");

    @TempDir
    Path temp;

    private Path plugins;

    @BeforeEach
    void jar() throws IOException {
        plugins = Files.createDirectories(temp.resolve("plugins"));
        Path classes = temp.resolve("classes");
        List<String> javac = new ArrayList<>(List.of("-Xlint:all", "-Werror", "-p", Dist.LIB.toString(), "-d", classes.toString()));
        sources().forEach(source -> javac.add(source.toString()));
        tool("javac", javac);
        tool("jar", List.of("--create", "--file", plugins.resolve("keep-tables.jar").toString(),
                "-C", classes.toString(), ".", "-C", SOURCES.resolve("resources").toString(), "."));
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES.resolve("java"))) {
            return files.filter(f -> f.toString().endsWith(".java")).sorted().toList();
        }
    }

    private static void tool(String name, List<String> arguments) {
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said);
        int code = ToolProvider.findFirst(name).orElseThrow().run(out, out, arguments.toArray(String[]::new));
        assertThat(code).as("%s: %s", name, said).isZero();
    }

    @Test
    void hasAtMostThirtyLines() throws IOException {
        int lines = 0;
        for (Path source : sources()) {
            lines += Files.readAllLines(source).size();
        }
        assertThat(lines).isLessThanOrEqualTo(30);
    }

    static List<List<String>> launches() {
        return List.of(
                List.of(Dist.ROOT.resolve("dmalab").toString()),
                List.of(Dist.JAVA, "-p", Dist.LIB.toString(), "-m", "io.dmalab.cli"),
                List.of(Dist.JAVA, "-cp", Dist.LIB + "/*", "io.dmalab.cli.Main"));
    }

    @ParameterizedTest
    @MethodSource("launches")
    void runsInTheImageOnTheModulePathAndOnTheClassPath(List<String> launch) throws Exception {
        Dist.Outcome run = Dist.run(Dist.command(launch, "run", "--plugins", plugins.toString(), "--policy", "keep-tables", "--json"));
        assertThat(run.err()).isEmpty();
        JsonNode json = run.json();
        assertThat(json.get("policy").asString()).isEqualTo("keep-tables");
        assertThat(json.get("findings").findValuesAsString("kind")).doesNotContain("use-after-free");
        Dist.Outcome legacy = Dist.run(Dist.command(launch, "run", "--plugins", plugins.toString(), "--policy", "legacy", "--json"));
        assertThat(legacy.json().get("findings").findValuesAsString("kind")).contains("use-after-free");
    }
}
