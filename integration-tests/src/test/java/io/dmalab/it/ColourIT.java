package io.dmalab.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Colour follows the environment, and says nothing that the text does not. */
class ColourIT {
    private static final String ESCAPE = "\u001b[";
    private static String plain;

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({"'', false", "CLICOLOR_FORCE=1, true", "NO_COLOR=1 CLICOLOR_FORCE=1, false"})
    @DisplayName("formats.md 5.12: NO_COLOR is stronger than CLICOLOR_FORCE, which is stronger than no terminal; the text is the same")
    void environment(String set, boolean coloured) throws Exception {
        Map<String, String> environment = new LinkedHashMap<>(Map.of("NO_COLOR", "", "CLICOLOR", "", "CLICOLOR_FORCE", ""));
        Stream.of(set.split(" ")).filter(one -> !one.isEmpty()).forEach(one -> environment.put(one.split("=")[0], one.split("=")[1]));
        Dist.Outcome run = Dist.run(List.of(Dist.JAVA, "-p", Dist.LIB.toString(), "-m", "io.dmalab.cli", "run", "fd-holder", "--quiet"),
                Dist.ROOT, environment);
        assertThat(run.err()).isEmpty();
        assertThat(run.out().contains(ESCAPE)).isEqualTo(coloured);
        String text = run.out().replaceAll("\u001b\\[[0-9;]*m", "");
        plain = plain == null ? text : plain;
        assertThat(text).isEqualTo(plain);
    }
}
