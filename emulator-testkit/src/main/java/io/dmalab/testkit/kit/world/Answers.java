package io.dmalab.testkit.kit.world;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.policy.Verdict;

/** Holds what a policy answers against {@link Verdict}'s Javadoc. */
final class Answers {
    private Answers() {}

    /** Reports an answer that its hook may not give, or that does not say why. */
    static void check(Kernel kernel, String hook, Verdict verdict, boolean fits) {
        String why = switch (verdict) {
            case Verdict.Proceed proceed -> "-";
            case Verdict.WaitFor wait -> wait.why();
            case Verdict.Keep keep -> keep.why();
            case Verdict.Refuse refuse -> refuse.why();
        };
        if (!fits || why == null || why.isBlank()) {
            kernel.findings().report(FindingKind.WARNING, "policy: " + hook, hook + " answers " + verdict
                    + (fits ? " without a reason" : ", which this hook may not answer"));
        }
    }
}
