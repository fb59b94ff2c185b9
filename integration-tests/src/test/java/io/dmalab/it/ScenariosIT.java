package io.dmalab.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.core.Emulator;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.scenario.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every scenario does what its {@code expect} says, under every policy it names. */
class ScenariosIT {
    private static final Emulator EMULATOR = Emulator.load();

    static Stream<Arguments> expectations() {
        List<Arguments> all = new ArrayList<>();
        for (Scenario scenario : EMULATOR.scenarios()) {
            for (Map.Entry<String, List<FindingKind>> one : scenario.expect().entrySet()) {
                all.add(Arguments.of(scenario.id(), one.getKey(), one.getValue()));
            }
        }
        return all.stream();
    }

    @ParameterizedTest(name = "{0} under {1} finds {2}")
    @MethodSource("expectations")
    @DisplayName("real-world-reports.md A1, A2, A3, A4, A8, B1, B8, C1, C2, C3, C4, C5, C6, C7, C8, C9, C10, C11, C14, C15: a scenario finds "
            + "exactly the kinds that it announces")
    void expected(String scenario, String policy, List<FindingKind> kinds) {
        RunResult result = EMULATOR.run(EMULATOR.request(scenario).withPolicy(policy));
        assertThat(result.findings().stream().map(f -> f.kind()).distinct().toList())
                .as(() -> result.findings().toString()).containsExactlyInAnyOrderElementsOf(kinds);
    }
}
