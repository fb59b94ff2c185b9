package io.dmalab.testkit.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.dmalab.api.dma.IommuBackend;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Grade;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.observe.FindingRecord;
import io.dmalab.api.policy.DetachStep;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.api.policy.Verdict;
import io.dmalab.core.run.Removal;
import io.dmalab.core.run.RunResult;
import io.dmalab.testkit.kit.world.Bench;
import io.dmalab.testkit.kit.world.Scene;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Compatibility kit of {@link FreePolicy}. In the kit's own machine every hook is called; every page comes home within three seconds. */
public abstract class FreePolicyKit extends MachineKit<FreePolicy> {
    private static final Set<FindingKind> CONTEXT_RULES = EnumSet.of(FindingKind.SLEEP_IN_ATOMIC,
            FindingKind.LOCK_ORDER, FindingKind.DEADLOCK);

    /** @param id of the policy */
    protected FreePolicyKit(String id) {
        super(FreePolicy.class, id);
    }

    @Override
    final Scene withExtension() {
        return scene().withPolicy(configured());
    }

    @Override
    final Optional<String> place() {
        return Optional.of("policy");
    }

    /** For policies that leave mappings behind on purpose, so that a removal need not wait. */
    protected boolean leaksByDesign() {
        return false;
    }

    private void ask(Consumer<FreePolicy> question) {
        script(bench -> question.accept(bench.kernel().policy()));
    }

    private static void withDevice(Bench bench, Consumer<Verdict> question, Verdict verdict) {
        assertThat(bench.kernel().sched().inAtomic()).as("a lock is still held after the hook").isFalse();
        question.accept(verdict);
    }

    // answers

    @Check(rule = "the detach plan has no step twice", stated = "FreePolicy.detachPlan")
    void noStepIsPlannedTwice() {
        ask(policy -> assertThat(policy.detachPlan()).doesNotHaveDuplicates());
    }

    @Check(rule = "the detach plan is the same whenever it is asked for", stated = "FreePolicy.detachPlan")
    void thePlanStays() {
        ask(policy -> assertThat(List.of(policy.detachPlan(), policy.detachPlan())).containsOnly(policy.detachPlan()));
    }

    @Check(rule = "what a policy says once for a machine, it says always", stated = "FreePolicy.watchesMappings")
    void standingAnswersStay() {
        ask(policy -> {
            assertThat(policy.watchesMappings()).isEqualTo(policy.watchesMappings());
            assertThat(policy.groupMayOutlive()).isEqualTo(policy.groupMayOutlive());
            assertThat(policy.firmwareGuardsSlot()).isEqualTo(policy.firmwareGuardsSlot());
        });
    }

    @Check(rule = "the backend that is put in the platform's place is a registered one", stated = "FreePolicy.iommuBackend")
    void theBackendExists() {
        ask(policy -> policy.iommuBackend().ifPresent(backend -> assertThat(emulator().extensions(IommuBackend.class))
                .extracting(registered -> registered.id()).contains(backend)));
    }

    @Check(rule = "what it costs in memory is not negative", stated = "FreePolicy.bytesPerMappedPage")
    void memoryIsNotNegative() {
        ask(policy -> assertThat(policy.bytesPerMappedPage()).isNotNegative());
    }

    @Check(rule = "before a removal it lets go on, waits, or refuses with an errno and a reason",
            stated = "FreePolicy.beforeRemoval, Verdict")
    void refusesInWords() {
        script(bench -> withDevice(bench, verdict -> {
            assertThat(verdict).isNotNull().isNotInstanceOf(Verdict.Keep.class);
            assertStated(verdict);
        }, bench.kernel().policy().beforeRemoval(bench.device())));
    }

    @Check(rule = "an interface with no page in flight is not stalled", stated = "FreePolicy.unregister")
    void anIdleInterfaceGoes() {
        script(bench -> withDevice(bench, verdict -> assertThat(verdict).isNotInstanceOf(Verdict.WaitFor.class),
                bench.kernel().policy().unregister(bench.device(), Scene.DEVICE, 0)));
    }

    @Check(rule = "an interface that is stalled is told why", stated = "FreePolicy.unregister, Verdict.WaitFor")
    void stallsInWords() {
        script(bench -> withDevice(bench, FreePolicyKit::assertStated,
                bench.kernel().policy().unregister(bench.device(), Scene.DEVICE, 5)));
    }

    private static void assertStated(Verdict verdict) {
        switch (verdict) {
            case Verdict.WaitFor wait -> assertThat(wait.why()).as("reason to wait").isNotBlank();
            case Verdict.Keep keep -> assertThat(keep.why()).as("reason to keep").isNotBlank();
            case Verdict.Refuse refuse -> {
                assertThat(refuse.errno()).as("errno of the refusal").isPositive();
                assertThat(refuse.why()).as("reason to refuse").isNotBlank();
            }
            case Verdict.Proceed proceed -> { }
        }
    }

    @Check(rule = "every pool and table gets a guard, which may be NONE and is never null", stated = "FreePolicy.guardPool, guardTable")
    void guardsAreThere() {
        script(bench -> assertThat(bench.kernel().policy().guardPool(bench.device(), 64)).isNotNull());
    }

    @Check(rule = "a guard's books of recycled pages cost nothing negative", stated = "PoolGuard.recyclePicos")
    void recyclingCostsNothingNegative() {
        script(bench -> assertThat(bench.kernel().policy().guardPool(bench.device(), 64).recyclePicos(10, 10)).isNotNegative());
    }

    // a removal

    @Check(rule = "verdicts are what their hook may answer, and say why", stated = "Verdict")
    void verdictsFitTheirHooks() {
        assertThat(run().findings()).as(run()::toString).filteredOn(finding -> finding.subject().startsWith("policy: ")).isEmpty();
    }

    @Check(rule = "a removal ends when every page has come home; one that is there to show how not to do it is found out",
            stated = "FreePolicy, docs/policies.md")
    void removalsEnd() {
        if (failsByDesign()) {
            assertThat(run().worst()).as(run()::toString).isEqualTo(Grade.FORBIDDEN);
            return;
        }
        assertThat(run().removals()).isNotEmpty().allSatisfy(removal -> assertThat(removal.endNanos())
                .as("end of the removal at %.3f s", removal.startNanos() / 1e9).isPresent());
    }

    @Check(rule = "a removal that failed says which errno, and why", stated = "Verdict.Refuse")
    void failuresHaveAReason() {
        assertThat(run().removals()).extracting(Removal::outcome).allMatch(text -> text.equals(Removal.REMOVED)
                || text.matches("failed: errno [1-9][0-9]*, .+") || text.equals(Removal.UNFINISHED));
    }

    @Check(rule = "when every page has come home, no mapping is left", stated = "FreePolicy")
    void nothingIsLeftMapped() {
        assumeFalse(leaksByDesign(), "it leaves mappings behind on purpose");
        assertThat(run().metric("dma_live")).as("mappings live at the end: %s", run()).isZero();
    }

    @Check(rule = "without a removal nothing is found and no unmap is dropped", stated = "FreePolicy.unmapping")
    void withoutARemovalNothingHappens() {
        RunResult quiet = emulator().run(request(withExtension().withSteps(List.of())));
        assertThat(kinds(quiet)).as(quiet::toString).isEmpty();
        assertThat(quiet.metric("dma_dropped_unmaps") + quiet.metric(Metrics.DROPPED_ENTRIES)).as("dropped unmaps").isZero();
    }

    @Check(rule = "the same packets arrive as without the policy, until the removal", stated = "docs/determinism.md, Randomness")
    void theHistoryIsTheSame() {
        long removal = run().removals().getFirst().startNanos();
        List<Object> with = Arrivals.of(emulator(), request(), removal);
        List<Object> without = Arrivals.of(emulator(), request(scene().withPolicy("legacy")), removal);
        assertThat(Arrivals.common(with, without)).as("packets before the removal").isNotEmpty().isEqualTo(Arrivals.common(without, with));
    }

    @Check(rule = "what it puts on the data path is not negative", stated = "Metrics.HOT_PATH_NS, HOT_PATH_OPS")
    void theHotPathCostsNothingNegative() {
        assertThat(List.of(Metrics.HOT_PATH_NS, Metrics.HOT_PATH_OPS, Metrics.POLL_ROUNDS)).allSatisfy(
                counter -> assertThat(run().metric(counter)).as(counter).isNotNegative());
    }

    @Check(rule = "with every page home before the removal nothing is found", stated = "FreePolicy")
    void aCleanRemovalStaysClean() {
        RunResult clean = emulator().run(request(withExtension().withSteps(List.of("{ at: 60s, do: remove }"))));
        assertThat(kinds(clean)).as(clean::toString).isSubsetOf(FindingKind.LATE_UNMAP);
    }

    /** What was found, but for the rules of contexts, which have checks of their own. */
    private static List<FindingKind> kinds(RunResult result) {
        return result.findings().stream().map(FindingRecord::kind).filter(kind -> !CONTEXT_RULES.contains(kind)).toList();
    }
}
