package io.dmalab.core.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionTest {
    @ParameterizedTest
    @CsvSource({"kitten,sitting,3", "ip_frag,ip-frag,1", "legcay,legacy,1", "'',abc,3", "same,same,0", "hz,zh,1"})
    void distanceCountsEditsAndSwaps(String a, String b, int distance) {
        assertThat(Suggestion.distance(a, b)).isEqualTo(distance);
        assertThat(Suggestion.distance(b, a)).isEqualTo(distance);
    }

    @Test
    void theNearestNameIsSuggestedAndAllAreListed() {
        assertThat(Suggestion.remedy("ip_frag", List.of("tcp", "ip-frag"))).isEqualTo("did you mean 'ip-frag'? known: ip-frag, tcp");
    }

    @Test
    void nothingIsSuggestedForANameThatIsFarFromAll() {
        assertThat(Suggestion.remedy("zebra", List.of("tcp", "ip-frag"))).isEqualTo("known: ip-frag, tcp");
        assertThat(Suggestion.remedy("zebra", List.of())).isEqualTo("there is none");
    }

    @Test
    void aLongNameCostsNoTime() {
        assertThat(Suggestion.remedy("z".repeat(100_000), List.of("tcp"))).isEqualTo("known: tcp");
    }
}
