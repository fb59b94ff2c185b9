package io.dmalab.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** The smallest plugin there can be: examples/policy-plugin, dropped in. */
class ExamplePluginIT {
    @TempDir
    Path temp;

    private Path plugins;

    @BeforeEach
    void jar() throws IOException {
        plugins = ExampleJar.make("policy-plugin", temp).getParent();
    }

    @Test
    void hasAtMostThirtyLines() throws IOException {
        int lines = 0;
        for (Path source : ExampleJar.sources("policy-plugin")) {
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
