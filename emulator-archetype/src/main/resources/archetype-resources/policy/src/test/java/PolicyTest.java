package ${package};

import static io.dmalab.testkit.EmulatorAssertions.assertThat;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.core.run.RunResult;
import io.dmalab.testkit.EmulatorTest;
import java.time.Duration;

/** A NIC is removed under load while the stack still holds its buffers. */
class PolicyTest {
    @EmulatorTest(scenario = "dlpar-remove-under-load", policy = "legacy")
    void withoutItTheTableIsTouchedAfterItsFree(RunResult result) {
        assertThat(result).hasFinding(FindingKind.USE_AFTER_FREE);
    }

    @EmulatorTest(scenario = "dlpar-remove-under-load", policy = {"${artifactId}", "${artifactId},cap=1ms"}, seeds = "1..3")
    void withItNothingForbiddenHappens(RunResult result) {
        assertThat(result).hasNoForbiddenFinding().removedWithin(Duration.ofSeconds(5));
    }
}
