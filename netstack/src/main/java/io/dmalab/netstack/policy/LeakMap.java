package io.dmalab.netstack.policy;

import io.dmalab.api.config.Option;
import io.dmalab.api.config.Span;
import io.dmalab.api.device.Device;
import io.dmalab.api.kernel.Clock;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.api.policy.PoolGuard;
import io.dmalab.api.policy.PoolTeardown;
import io.dmalab.api.policy.TableRelease;
import io.dmalab.api.policy.Verdict;
import jakarta.inject.Inject;

/** Policy {@code leak-map} (free-policies.md P11): a destroyed pool forgets that it maps, and the mappings of pages still out are left. */
public final class LeakMap implements FreePolicy {
    static final String SUMMARY = "a destroyed page_pool clears its dma_map flag: late returns are not unmapped";
    static final String DESCRIPTION = """
            Mechanism  page_pool_destroy unmaps what is in the cache and in the ring, and clears the pool's dma_map and dma_sync. A page
                       that comes home later is freed with its mapping still there.
            Origin     A "quick hack" of Alexander Duyck, 2 August 2024. Facts: free-policies.md P11.
            Cost       None: nobody waits, nothing is tracked.
            Fails by   Leaks. If the device goes away, what was mapped goes with its table and window. If it stays (a ring or MTU change;
                       the pool cannot tell the two apart), each page that was out keeps its TCE and its part of the DMA window until the
                       device is removed, while the page itself is reused by somebody else and the device may still write to it. Combined
                       with a wait for the table (table-wait) it waits in vain, to the end. A return that has tested dma_map and not yet
                       unmapped races with the removal; the two meet only inside an operation here, so run does not show that.""";

    /** @param tableWait how long a table in use is waited for before it is freed */
    public record Options(
            @Option(value = "0s", doc = "how long a table in use is waited for before it is freed; not part of the proposal: it shows "
                    + "that the two do not go together") Span tableWait) {
        public Options {
            if (tableWait.compareTo(Span.ofSeconds(86_400)) > 0) {
                throw new IllegalArgumentException("table-wait " + tableWait + " is out of range; use at most a day");
            }
        }
    }

    private final Options options;

    @Inject
    public LeakMap(Options options) {
        this.options = options;
    }

    @Override
    public PoolGuard guardPool(Device device, int poolSize) {
        return new PoolGuard() {
            @Override
            public void firstScrub(PoolTeardown pool) {
                pool.emptyRing();
                pool.dropDmaMap();
            }
        };
    }

    @Override
    public Verdict releaseTable(TableRelease table) {
        if (options.tableWait().nanos() > 0 && table.inUse()) {
            Clock clock = table.kernel().clock();
            table.awaitIdle(clock.msecsToJiffies(options.tableWait().nanos() / 1_000_000));
        }
        return FreePolicy.super.releaseTable(table);
    }
}
