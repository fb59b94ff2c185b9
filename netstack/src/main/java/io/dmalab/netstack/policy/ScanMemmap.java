package io.dmalab.netstack.policy;

import io.dmalab.api.config.Option;
import io.dmalab.api.config.Span;
import io.dmalab.api.device.Device;
import io.dmalab.api.kernel.Counter;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.api.policy.PoolGuard;
import io.dmalab.api.policy.PoolTeardown;
import jakarta.inject.Inject;

/** Policy {@code scan-memmap} (free-policies.md P10): page_pool_destroy looks at every struct page of the machine for its own. */
public final class ScanMemmap implements FreePolicy {
    static final String SUMMARY = "page_pool_destroy walks all struct pages of the machine and unmaps those that belong to the pool";
    static final String DESCRIPTION = """
            Mechanism  The first scrub walks the whole memory map, picks the pages whose owner is this pool, ends their mappings and clears
                       the pool's DMA flag, so that it only swallows what comes home later. Every page of RAM is looked at for every pool
                       that is destroyed, at page-cost each.
            Origin     An idea of Alexander Duyck, 2 August and 6 November 2024. No patch. Facts: free-policies.md P10.
            Cost       Nothing as long as no pool is destroyed: no memory, no hot path. Then O(RAM / page size): 1 million struct pages for
                       64 GiB of 64 KiB pages, 64 million for 256 GiB of 4 KiB pages, per pool, with RTNL held.
            Fails by   The time it takes on large machines, also at a mere ring or MTU change. The kernel has no interface to walk the
                       memory map (holes, hotplug), and a page_pool that pokes in it was not expected to please the mm developers.""";

    /** @param pageCost modelled time to look at one struct page */
    public record Options(
            @Option(value = "5ns", doc = "time to look at one struct page, about a cache line from memory; assumed") Span pageCost) {
        public Options {
            if (pageCost.compareTo(Span.ofMillis(1)) > 0) {
                throw new IllegalArgumentException("page-cost " + pageCost + " is out of range; use at most 1ms");
            }
        }
    }

    /** Counter of the struct pages that were looked at. */
    public static final String SCANNED = "scanned_struct_pages";

    private final Kernel kernel;
    private final Options options;
    private final Counter scanned;

    @Inject
    public ScanMemmap(Kernel kernel, Options options) {
        this.kernel = kernel;
        this.options = options;
        this.scanned = kernel.metrics().counter(SCANNED);
    }

    @Override
    public PoolGuard guardPool(Device device, int poolSize) {
        return new PoolGuard() {
            @Override
            public void firstScrub(PoolTeardown pool) {
                scan(pool);
            }
        };
    }

    /** The walk's time passes before its result, so a page that comes home during the walk is in the ring, and found there. */
    private void scan(PoolTeardown pool) {
        pool.stopSync();
        long structPages = kernel.pages().ramBytes() >>> kernel.pages().pageShift();
        scanned.add(structPages);
        kernel.sched().spend(structPages * options.pageCost().nanos());
        pool.forEachPage(pool::unmap);
        pool.dropDmaMap();
    }
}
