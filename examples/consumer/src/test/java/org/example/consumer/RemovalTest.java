package org.example.consumer;

import static io.dmalab.testkit.EmulatorAssertions.assertThat;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.core.Emulator;
import io.dmalab.core.run.Comparison;
import io.dmalab.core.run.Exploration;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.RunResult;
import io.dmalab.testkit.CompareTest;
import io.dmalab.testkit.EmulatorTest;
import io.dmalab.testkit.ExploreTest;
import java.time.Duration;

/** What a project may want to be sure of: the device can be removed while its buffers are still out. */
class RemovalTest {
    @EmulatorTest(scenario = "dlpar-remove-under-load", policy = "legacy", seeds = "1..3")
    void legacyTouchesTheFreedTable(RunResult result) {
        assertThat(result).hasFinding(FindingKind.USE_AFTER_FREE, "iommu_table").logContains("BUG: KASAN");
    }

    @EmulatorTest(scenario = "dlpar-remove-under-load", policy = "unmap-at-destroy", seeds = "1..3")
    void unmapAtDestroyDoesNot(RunResult result) {
        assertThat(result).hasNoFinding().removedWithin(Duration.ofSeconds(1)).leaks(0);
    }

    @EmulatorTest(scenario = "dlpar-remove-under-load", policy = "legacy")
    void theSameSeedGivesTheSameHistory(RunResult result, RunRequest request, Emulator emulator) {
        assertThat(emulator.run(request)).hasDigestOf(result);
    }

    @CompareTest(scenario = "dlpar-remove-under-load", policies = {"wait-for-drain", "unmap-at-destroy"}, seeds = "1..3")
    void neitherTouchesIt(Comparison comparison) {
        assertThat(comparison).hasNoForbiddenFinding();
        assertThat(comparison).policy("unmap-at-destroy").isClean();
    }

    @ExploreTest(scenario = "seed-race", policy = "unmap-at-destroy")
    void noInterleavingDoesHarm(Exploration exploration) {
        assertThat(exploration).isSafe();
    }
}
