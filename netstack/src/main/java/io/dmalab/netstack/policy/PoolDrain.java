package io.dmalab.netstack.policy;

import io.dmalab.api.config.Option;
import io.dmalab.api.config.Span;
import io.dmalab.api.kernel.Clock;
import io.dmalab.api.kernel.Counter;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.policy.PoolTeardown;

/** A page_pool_destroy that waits: empties the ring and sleeps, until nothing is out. No such loop was ever posted for the kernel. */
public final class PoolDrain {
    /** @param interval sleep between two looks @param cap how long a pool is waited for */
    public record Options(
            @Option(value = "100ms", doc = "how long it sleeps between two looks, whole milliseconds, at least 1ms") Span interval,
            @Option(value = "forever", doc = "when it gives up on a pool") Span cap) {
        public Options {
            if (interval.isForever() || interval.nanos() < 1_000_000 || interval.nanos() % 1_000_000 != 0) {
                throw new IllegalArgumentException("interval " + interval + " is no whole number of milliseconds; use 1ms or more");
            }
        }
    }

    private final Clock clock;
    private final Kernel kernel;
    private final Options options;
    private final Counter rounds;

    PoolDrain(Kernel kernel, Options options) {
        this.kernel = kernel;
        this.clock = kernel.clock();
        this.options = options;
        this.rounds = kernel.metrics().counter(Metrics.POLL_ROUNDS);
    }

    /** True if every page is home, false if the cap was reached. Task context; sleeps with whatever locks the caller holds. */
    boolean await(PoolTeardown pool) {
        long start = clock.now();
        while (pool.inflight() > 0) {
            if (!options.cap().isForever() && clock.now() - start >= options.cap().nanos()) {
                return false;
            }
            rounds.increment();
            kernel.sched().msleep(options.interval().nanos() / 1_000_000);
            pool.emptyRing();
        }
        return true;
    }
}
