package io.dmalab.testkit;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Grade;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.core.run.PolicySummary;
import io.dmalab.core.run.Sentences;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** Assertions about what one policy did in all runs of a comparison. A failure names runs that do not fit, each with its token. */
public final class PolicyAssert extends ToldAssert<PolicyAssert, PolicySummary> {
    private static final int SHOWN = 3;

    private final String title;

    PolicyAssert(PolicySummary actual, String title) {
        super(actual, PolicyAssert.class);
        this.title = title;
    }

    @Override
    Told tell(Told expectation) {
        return expectation.lines(List.of(title + ": " + Sentences.about(actual)));
    }

    /** In no run was anything found that must never happen. */
    public PolicyAssert hasNoForbiddenFinding() {
        return everyRun("Expected no forbidden finding in any run, but:", run -> actual.worst(run) != Grade.FORBIDDEN);
    }

    /** In no run was anything found that a maintainer has to look at. */
    public PolicyAssert isClean() {
        return everyRun("Expected every run to be clean, but:", run -> actual.worst(run) == Grade.ACCEPTABLE);
    }

    /** Found in every run. */
    public PolicyAssert findsInEveryRun(FindingKind kind) {
        return everyRun("Expected " + kind + " in every run, but:", run -> actual.found(kind, run));
    }

    /** Found in at least one run. */
    public PolicyAssert finds(FindingKind kind) {
        return expect(actual.found(kind).hits() > 0, "Expected " + kind + " in at least one run, but:");
    }

    /** Found in no run. */
    public PolicyAssert neverFinds(FindingKind kind) {
        return everyRun("Expected " + kind + " in no run, but:", run -> !actual.found(kind, run));
    }

    /** In every run every removal returned success, the longest within this virtual time. */
    public PolicyAssert removedWithin(Duration limit) {
        everyRun("Expected every removal to return within " + Sentences.seconds(limit.toNanos()) + ", but:",
                run -> actual.longestRemoval().value(run) <= limit.toNanos() && !actual.neverReturned(run));
        expect(actual.blockedNanos().count() > 0, "Expected removals, but:");
        return expect(actual.notRemoved().hits() == 0, "Expected every removal to succeed, but " + actual.refused() + " were refused:");
    }

    /** In no run were mappings live at its end whose device was gone. */
    public PolicyAssert leaksNothing() {
        return metricAtMost(Metrics.LEAKED_TCES, 0);
    }

    /** In no run was the counter higher. @param name as {@link Metrics} or a plugin has it */
    public PolicyAssert metricAtMost(String name, long limit) {
        MetricNames.complaint(name, actual.metricNames()).ifPresent(complaint -> expect(false, complaint));
        return actual.metric(name).count() == 0 ? this
                : everyRun("Expected " + name + " to be at most " + limit + " in every run, but:",
                        run -> actual.metric(name).value(run) <= limit);
    }

    private PolicyAssert everyRun(String expectation, IntPredicate fits) {
        isNotNull();
        List<Integer> misfits = IntStream.range(0, actual.runs()).filter(run -> !fits.test(run)).boxed().toList();
        return expect(misfits.isEmpty(), expectation, told -> told.lines(runs(misfits)));
    }

    private List<String> runs(List<Integer> misfits) {
        List<String> lines = new ArrayList<>();
        lines.add(misfits.size() + " of " + actual.runs() + " runs do not fit:");
        for (int run : misfits.stream().limit(SHOWN).toList()) {
            lines.add("seed " + actual.seeds().value(run) + actual.token(run).map(token -> ": dmalab replay " + token).orElse(""));
        }
        if (misfits.size() > SHOWN) {
            lines.add("and " + (misfits.size() - SHOWN) + " more");
        }
        return lines;
    }
}
