package io.dmalab.platform.pseries.policy;

import io.dmalab.api.config.Option;
import io.dmalab.api.config.Span;
import io.dmalab.api.kernel.Kernel;

/** Options of policies that wait for readers of a pointer or flag to be done with what they read. */
public record GracePeriod(
        @Option(value = "20ms", doc = "what synchronize_rcu() takes (assumed); 0s leaves it out") Span gracePeriod) {

    public GracePeriod {
        check(gracePeriod);
    }

    static void check(Span gracePeriod) {
        if (gracePeriod.isForever()) {
            throw new IllegalArgumentException("a grace period of forever ends no removal; use a time such as 20ms, or 0s");
        }
    }

    /** synchronize_rcu(): whoever has read the old value is done with it. Task context; sleeps. */
    void await(Kernel kernel) {
        await(kernel, gracePeriod);
    }

    static void await(Kernel kernel, Span gracePeriod) {
        if (gracePeriod.nanos() > 0) {
            kernel.rcu().synchronize(gracePeriod.nanos());
        }
    }
}
