package io.dmalab.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** emulator-bom, which is no module's parent and no module's child. */
class BomIT {
    private static final Pattern ARTIFACT = Pattern.compile("<groupId>io\\.dmalab</groupId><artifactId>([^<]+)</artifactId>");
    private static final Pattern VERSION = Pattern.compile("<version>([^<]+)</version>");

    @Test
    void namesEveryArtifactThatIsShippedAndTheTestkit() throws IOException {
        Stream<String> shipped = Dist.ourJars().stream().map(jar -> jar.getFileName().toString().replaceFirst("-[0-9].*", ""));
        assertThat(ARTIFACT.matcher(pom("emulator-bom/")).results().map(result -> result.group(1)))
                .containsExactlyInAnyOrderElementsOf(Stream.concat(shipped, Stream.of("emulator-testkit")).toList());
    }

    @Test
    void hasTheVersionOfTheOthers() throws IOException {
        assertThat(firstVersion(pom("emulator-bom/"))).isEqualTo(firstVersion(pom("")));
    }

    private static String pom(String folder) throws IOException {
        return Files.readString(Dist.ROOT.resolve(folder + "pom.xml"));
    }

    private static String firstVersion(String pom) {
        return VERSION.matcher(pom).results().findFirst().map(MatchResult::group).orElseThrow();
    }
}
