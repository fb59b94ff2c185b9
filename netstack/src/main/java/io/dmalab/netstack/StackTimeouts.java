package io.dmalab.netstack;

import io.dmalab.api.timeout.Timeout;
import io.dmalab.api.timeout.TimeoutSource;
import io.dmalab.api.timeout.Timing;
import java.util.List;

/** How often a destroyed page_pool looks whether its pages are back, and when it complains. */
public final class StackTimeouts implements TimeoutSource {
    private static final long SECOND = 1_000_000_000L;
    private static final long JIFFY_MOST = 10_000_000L;

    @Override
    public List<Timeout> timeouts(Timing timing) {
        Timing.Range retry = timing.delayedWork(PoolRelease.RETRY_MS);
        long warning = PoolRelease.WARN_INTERVAL_S * SECOND;
        return List.of(
                new Timeout("napi-poll", "a NAPI poll and the GRO buckets it leaves: packets on their way up", 1_000, 2 * JIFFY_MOST,
                        List.of("pool-worker"), "pages are still on their way when the pool's worker looks",
                        "netstack-holders.md 1, row 1 (us to ms); net/core/dev.c gives a softirq 2 ms or 2 ticks"),
                new Timeout("pool-worker", "page_pool_release_retry comes back: pages returned late are unmapped only then", retry.least(),
                        retry.most(), List.of("pool-warning"), "a pool that needs one more look is reported as stalled",
                        "page-pool.md, DEFER_TIME 1000 ms, and invariant 6; timer wheel at this HZ"),
                new Timeout("pool-warning", "a destroyed pool with pages out says 'stalled pool shutdown'", warning, warning + retry.most(),
                        List.of(), "", "page-pool.md, DEFER_WARN_INTERVAL; looked at by the worker alone"));
    }
}
