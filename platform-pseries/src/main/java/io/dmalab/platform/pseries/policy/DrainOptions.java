package io.dmalab.platform.pseries.policy;

import io.dmalab.api.config.Option;
import io.dmalab.api.config.Span;

/** How a draining policy waits. */
public record DrainOptions(
        @Option(value = "50ms", doc = "how long it sleeps between two looks, at least 1ms") Span interval,
        @Option(value = "120s", doc = "when it gives up on a table, in whole seconds, or forever") Span cap,
        @Option(value = "0", doc = "after how many looks it gives up, whatever time it is; 0 for no such limit") int looks) {
    public DrainOptions {
        checkInterval(interval);
        if (looks < 0) {
            throw new IllegalArgumentException("looks " + looks + " is negative; use 0 or more");
        }
    }

    static void checkInterval(Span interval) {
        if (interval.nanos() < 1_000_000 || interval.nanos() % 1_000_000 != 0) {
            throw new IllegalArgumentException("interval " + interval + " is no whole number of milliseconds; use 1ms or more");
        }
    }
}
