package org.example.vtd;

import static io.dmalab.testkit.EmulatorAssertions.assertThat;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.core.Emulator;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.RunResult;
import io.dmalab.testkit.EmulatorTest;
import java.util.regex.Pattern;

/** What the scenarios' stories say. {@code vtd-unbind} needs dmalab's network stack; CI runs it with the distribution. */
class ScenariosTest {
    private static final String LAZY_ABORT = "scenarios/vtd-lazy-abort.yaml";

    // tag::test
    @EmulatorTest(scenario = LAZY_ABORT, seeds = "1..10")
    void lazyWritesLandInMemoryOfOthers(RunResult result) {
        assertThat(result).removed().metric(RemappingUnit.STALE_ACCESSES).isPositive();
        assertThat(result).hasNoFinding(FindingKind.LATE_UNMAP, FindingKind.OOPS);
    }

    @EmulatorTest(scenario = LAZY_ABORT, seeds = "1..10", set = "platform.invalidation=strict")
    void strictWritesAreRefusedUnlessTheAddressIsGoodAgain(RunResult result) {
        assertThat(result).hasMetric(RemappingUnit.STALE_ACCESSES, 0).hasNoFinding(FindingKind.USE_AFTER_FREE);
        assertThat(result).hasFinding(FindingKind.MEMORY_CORRUPTION, "has DMA address");
    }

    @EmulatorTest(scenario = LAZY_ABORT, seeds = "1..10", set = "devices[0].driver.stop-first=true")
    void aDriverThatStopsItsHardwareFirstIsSafe(RunResult result) {
        assertThat(result).hasNoFinding().metric(AbortHba.ABORTED).isPositive();
    }
    // end::test

    @EmulatorTest(scenario = LAZY_ABORT, set = "platform.invalidation=strict")
    void aFaultIsLoggedAsTheKernelDoes(RunResult result) {
        assertThat(result).hasFinding(FindingKind.DMA_FAULT).logContains("DMAR: DRHD: handling fault status reg 2")
                .logContainsPattern(Pattern.compile("^DMAR: \\[DMA Write NO_PASID] Request device \\[01:00\\.0] "
                        + "fault addr 0x[0-9a-f]+000 \\[fault reason 0x05] PTE Write access is not set$"));
    }

    @EmulatorTest(scenario = "scenarios/vtd-wrong-notice.yaml", seeds = "1..3")
    void theDriversOwnUnmapHitsABug(RunResult result) {
        assertThat(result).hasFindings(FindingKind.BUG, FindingKind.REMOVAL_UNFINISHED)
                .logContains("kernel BUG at drivers/iommu/intel-iommu.c!");
    }

    @EmulatorTest(scenario = "scenarios/vtd-wrong-notice.yaml", set = "platform.iommu=intel-iommu")
    void withTheNoticeOfTodayNothingHappens(RunResult result) {
        assertThat(result).hasNoFinding().removed();
    }

    @EmulatorTest(scenario = LAZY_ABORT, paranoid = true)
    void twoRunsAreEqualAndTheBooksAgree(Emulator emulator, RunRequest request, RunResult result) {
        assertThat(result).hasDigestOf(emulator.run(request));
    }
}
