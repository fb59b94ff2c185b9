package io.dmalab.testkit;

import io.dmalab.core.run.Comparison;
import io.dmalab.core.run.PolicySummary;
import io.dmalab.core.scenario.Suggestion;
import java.util.List;

/** Assertions about policies on the same seeds. */
public final class ComparisonAssert extends ToldAssert<ComparisonAssert, Comparison> {
    ComparisonAssert(Comparison actual) {
        super(actual, ComparisonAssert.class);
    }

    @Override
    Told tell(Told expectation) {
        return expectation.lines(List.of(actual.title() + ", " + actual.seeds() + " seeds from " + actual.firstSeed()));
    }

    /** Goes on with what one policy did. @param name with its options, as it was asked for */
    public PolicyAssert policy(String name) {
        isNotNull();
        List<String> names = actual.policies().stream().map(PolicySummary::policy).toList();
        expect(names.contains(name), "Policy '" + name + "' is not among those compared; " + Suggestion.remedy(name, names));
        return new PolicyAssert(actual.policy(name), actual.title());
    }

    /** No policy found in any run what must never happen. */
    public ComparisonAssert hasNoForbiddenFinding() {
        isNotNull();
        actual.policies().forEach(policy -> new PolicyAssert(policy, actual.title()).hasNoForbiddenFinding());
        return this;
    }

    /** All runs together are those of that digest. @param digest 16 hex digits, as {@code dmalab compare} prints it */
    public ComparisonAssert hasDigest(String digest) {
        isNotNull();
        return expect(actual.digestText().equals(digest), "Expected digest " + digest + ", but it is " + actual.digestText() + ":");
    }
}
