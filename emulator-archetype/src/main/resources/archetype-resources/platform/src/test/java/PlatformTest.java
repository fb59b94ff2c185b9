package ${package};

import static io.dmalab.testkit.EmulatorAssertions.assertThat;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.core.run.RunResult;
import io.dmalab.testkit.EmulatorTest;

/** A NIC is unplugged while the stack still holds pages of its pool, or does not any more. */
class PlatformTest {
    @EmulatorTest(scenario = "src/test/resources/removal.yaml", seeds = "1..3", paranoid = true)
    void nobodyHoldsAPageAndNothingHappens(RunResult result) {
        assertThat(result).hasNoForbiddenFinding().leaks(0);
    }

    @EmulatorTest(scenario = "src/test/resources/removal.yaml", policy = "legacy", set = "devices[nic].driver.hold=1s")
    void aLateUnmapTouchesTheFreedWindow(RunResult result) {
        assertThat(result).hasFinding(FindingKind.USE_AFTER_FREE, "window");
    }
}
