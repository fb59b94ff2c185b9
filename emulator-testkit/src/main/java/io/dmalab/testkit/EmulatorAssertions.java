package io.dmalab.testkit;

import io.dmalab.core.run.Comparison;
import io.dmalab.core.run.Exploration;
import io.dmalab.core.run.RunResult;

/**
 * Assertions about what runs, comparisons and explorations found. Their messages hold what was found, and the command that shows it again.
 *
 * {@snippet :
 * import static io.dmalab.testkit.EmulatorAssertions.assertThat;
 * import static org.assertj.core.api.Assertions.assertThat; // goes together with it
 * }
 */
public final class EmulatorAssertions {
    private EmulatorAssertions() {}

    public static RunResultAssert assertThat(RunResult actual) {
        return new RunResultAssert(actual);
    }

    public static ComparisonAssert assertThat(Comparison actual) {
        return new ComparisonAssert(actual);
    }

    public static ExplorationAssert assertThat(Exploration actual) {
        return new ExplorationAssert(actual);
    }
}
