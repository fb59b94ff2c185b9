package io.dmalab.platform.pseries.policy;

import io.dmalab.api.config.Option;
import io.dmalab.api.config.Span;

/** How a draining policy waits. */
public record DrainOptions(
        @Option(value = "50ms", doc = "how long it sleeps between two looks, at least 1ms") Span interval,
        @Option(value = "120s", doc = "when it gives up on a table, in whole seconds, or forever") Span cap) {
    public DrainOptions {
        checkInterval(interval);
    }

    static void checkInterval(Span interval) {
        if (interval.nanos() < 1_000_000 || interval.nanos() % 1_000_000 != 0) {
            throw new IllegalArgumentException("interval " + interval + " is no whole number of milliseconds; use 1ms or more");
        }
    }
}
