package org.example.vtd;

import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Option;
import io.dmalab.api.config.Span;

/** Options of the driver {@code abort-hba}. */
public record AbortHbaOptions(
        @Option(value = "1ms", doc = "time between two commands") Span interval,
        @Option(value = "1s", doc = "for how long commands are given") Span duration,
        @Option(value = "{ exponential: { mean: 2ms } }", doc = "time that the hardware takes for a command; half of the data is there "
                + "after half of it")
                HoldTime latency,
        @Option(value = "8ms", doc = "time after which the driver gives a command up, rounded up to ticks") Span timeout,
        @Option(value = "false", doc = "the driver stops the hardware before it ends the mapping of a command that it gives up: the repair")
                boolean stopFirst) {

    public AbortHbaOptions {
        if (interval.nanos() < 1000 || interval.isForever()) {
            throw new IllegalArgumentException("interval " + interval + " is out of range; use 1us or more");
        }
        if (duration.isForever() || timeout.isForever()) {
            throw new IllegalArgumentException("duration and timeout end; give a time");
        }
    }
}
