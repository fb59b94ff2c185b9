package ${package};

import static io.dmalab.testkit.EmulatorAssertions.assertThat;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.core.run.RunResult;
import io.dmalab.testkit.EmulatorTest;
import java.time.Duration;

/** The device is removed while a user still has its buffers. */
class DriverTest {
    @EmulatorTest(scenario = "src/test/resources/removal.yaml", seeds = "1..3")
    void theRemovalWaitsForThem(RunResult result) {
        assertThat(result).hasNoFinding().leaks(0).removedWithin(Duration.ofSeconds(5));
    }

    @EmulatorTest(scenario = "src/test/resources/removal.yaml", set = "devices[dev0].driver.wait-for-users=off")
    void withoutTheWaitTheyAreUnmappedTooLate(RunResult result) {
        assertThat(result).hasFinding(FindingKind.LATE_UNMAP);
    }
}
