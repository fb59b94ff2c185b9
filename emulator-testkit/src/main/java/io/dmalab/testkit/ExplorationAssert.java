package io.dmalab.testkit;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.core.explore.Verdict;
import io.dmalab.core.run.Exploration;

/** Assertions about an exploration. */
public final class ExplorationAssert extends ToldAssert<ExplorationAssert, Exploration> {
    ExplorationAssert(Exploration actual) {
        super(actual, ExplorationAssert.class);
    }

    @Override
    Told tell(Told expectation) {
        return expectation.of(actual);
    }

    /** Every interleaving within the bounds was looked at, and none does harm. */
    public ExplorationAssert isSafe() {
        isNotNull();
        return expect(actual.verdict() == Verdict.SAFE, "Expected every interleaving to be safe, but:");
    }

    /** An interleaving was found that does harm. */
    public ExplorationAssert isViolation() {
        isNotNull();
        return expect(actual.verdict() == Verdict.VIOLATION, "Expected an interleaving that does harm, but:");
    }

    /** None was found that does harm; some may not have been looked at. */
    public ExplorationAssert hasNoViolation() {
        isNotNull();
        return expect(actual.violations().isEmpty(), "Expected no interleaving that does harm, but:");
    }

    /** An interleaving was found that ends in this, with the text in the sentence about it. */
    public ExplorationAssert hasViolation(FindingKind kind, String text) {
        isNotNull();
        boolean met = actual.violations().stream()
                .anyMatch(violation -> violation.finding().kind() == kind && violation.finding().detail().contains(text));
        return expect(met, "Expected an interleaving that ends in " + kind + " with '" + text + "', but:");
    }
}
