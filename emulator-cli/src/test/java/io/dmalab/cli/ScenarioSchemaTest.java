package io.dmalab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import io.dmalab.core.Emulator;
import io.dmalab.core.scenario.Scenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The schema of scenario files, against the files themselves. */
class ScenarioSchemaTest {
    private static final Path ROOT = Path.of(System.getProperty("basedir", "."), "..");

    private static Schema schema;
    private static String small;

    @BeforeAll
    static void generate() throws IOException {
        schema = Schemas.of(Emulator.load().scenarioSchema());
        small = Files.readString(Path.of(System.getProperty("basedir", "."), "src/test/resources/small.yaml"));
    }

    static Stream<Path> shipped() throws IOException {
        try (Stream<Path> files = Files.list(ROOT.resolve("scenarios"))) {
            return files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("shipped")
    @DisplayName("formats.md 5.10: the schema validates every scenario that is shipped")
    void everyShippedScenarioIsValid(Path file) throws IOException {
        assertThat(Schemas.errors(schema, Schemas.toJson(Files.readString(file)))).isEmpty();
    }

    @Test
    void everyFileOfTheFolderIsShipped() throws IOException {
        List<String> names = shipped().map(f -> f.getFileName().toString().replace(".yaml", "")).toList();
        assertThat(Emulator.load().scenarios()).extracting(Scenario::id).containsExactlyElementsOf(names);
        assertThat(names).contains(Emulator.DEFAULT_SCENARIO);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "summary:      | sumary:", "at: 1s        | at: 1sec", "at: 1s      | at: 1", "share: 0.01   | share: 1.5",
                "id: ip-frag | id: ip_frag",
        "channels: 2   | chanels: 2", "rate: 5kpps  | rate: 5", "do: remove   | do: removed", "time: 5min   | time: five",
                "scenario: small | name: small",
        "legacy: use-after-free | legacy: use-after-fre", "platform: pseries | platform: pserie"
    })
    void whatTheReaderRefusesTheSchemaRefusesToo(String old, String replacement) {
        assertThat(Schemas.errors(schema, Schemas.toJson(small))).isEmpty();
        assertThat(small).contains(old);
        assertThat(Schemas.errors(schema, Schemas.toJson(small.replace(old, replacement)))).isNotEmpty();
    }
}
