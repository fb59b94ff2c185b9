package io.dmalab.netstack.policy;

import io.dmalab.api.config.Option;
import io.dmalab.api.config.Span;
import io.dmalab.api.device.Device;
import io.dmalab.api.kernel.Counter;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.api.policy.PoolGuard;
import io.dmalab.api.policy.PoolTeardown;
import jakarta.inject.Inject;

/** Policy {@code fixed-array} (free-policies.md P8a): a pool has an array of items, one for each page it may ever have out. */
public final class FixedArray implements FreePolicy {
    static final String SUMMARY =
            "page_pool tracks its mappings in an array of fixed size and unmaps what is out at destroy; a full array fails";
    static final String DESCRIPTION = """
            Mechanism  A pool is created with an array of items: pool_size (1024 if not given) plus 128 for the cache plus 512, rounded up
                       to a power of two. The page's owner pointer is replaced by one to an item, from which the pool is found by
                       arithmetic. A page that is mapped takes a free item, looked for from the last one on; one that leaves the pool gives
                       it back. Without a free item the mapping is undone and the page not used (counter item_full). At destroy the array is
                       walked and what is still mapped is unmapped.
            Origin     "page_pool: fix IOMMU crash when driver has already unbound", Yunsheng Lin (Huawei), v1 to v3: net v1 18 September
                       2024, v2 25 September <20240925075707.3970187>, net-next v3 22 October 2024 <20241022032214.3915232>. Superseded by
                       the same author's item-blocks. Facts: free-policies.md P8a.
            Cost       8 bytes for each item, used or not. A search on the path that maps, longer the fuller the array (probe, assumed 1ns
                       for each item looked at). Walk of the array at destroy.
            Fails by   More pages out than items: with sockets that hold packets for long, a pool runs out and the NIC drops. That was the
                       strongest objection (Toke Høiland-Jørgensen; Jakub Kicinski: a limit on pages in flight cannot work). Nobody can say
                       how large it has to be.""";

    /** @param probe modelled time to look at one item */
    public record Options(@Option(value = "1ns", doc = "time to look at one item in the search for a free one; assumed") Span probe) {
        public Options {
            if (probe.compareTo(Span.ofMillis(1)) > 0) {
                throw new IllegalArgumentException("probe " + probe + " is out of range; use at most 1ms");
            }
        }
    }

    /** Counter of the pages for which no item was free: the series' new statistic. */
    public static final String ITEM_FULL = "item_full";

    private static final int DEFAULT_POOL = 1024;
    private static final int CACHE = 128;
    private static final int SPARE = 512;
    private static final int ITEM_BYTES = 8;

    private final Kernel kernel;
    private final Options options;
    private final Books books;
    private final Counter full;

    @Inject
    public FixedArray(Kernel kernel, Options options) {
        this.kernel = kernel;
        this.options = options;
        this.books = new Books(kernel.metrics().counter(Metrics.HOT_PATH_NS));
        this.full = kernel.metrics().counter(ITEM_FULL);
    }

    @Override
    public PoolGuard guardPool(Device device, int poolSize) {
        return new Items(capacity(poolSize));
    }

    /** Items of a pool. @param poolSize as the driver asked for, 0 if it did not */
    static int capacity(int poolSize) {
        int wanted = (poolSize == 0 ? DEFAULT_POOL : poolSize) + CACHE + SPARE;
        return Integer.highestOneBit(wanted - 1) << 1;
    }

    @Override
    public int bytesPerMappedPage() {
        return books.bytesPerPage();
    }

    private final class Items extends TrackedPages {
        private final boolean[] used;
        private int cursor;

        Items(int capacity) {
            super(FixedArray.this.kernel, FixedArray.this.books, FixedArray.this.kernel.memory().global("page_pool.items"), "items.cursor",
                    "items", 0);
            this.used = new boolean[capacity];
            books.bytes((long) capacity * ITEM_BYTES);
        }

        @Override
        int take() {
            for (int probes = 1; probes <= used.length; probes++) {
                int item = cursor;
                cursor = cursor + 1 == used.length ? 0 : cursor + 1;
                if (!used[item]) {
                    used[item] = true;
                    charge(probes);
                    return item;
                }
            }
            charge(used.length);
            full.increment();
            return NONE;
        }

        private void charge(int probes) {
            kernel.sched().spend(books.charge(probes * options.probe().nanos() * 1000));
        }

        @Override
        void give(int item) {
            used[item] = false;
        }

        @Override
        int end() {
            return used.length;
        }

        @Override
        void beforeWalk(PoolTeardown pool) {
            pool.stopSync();
            kernel.sched().spend(used.length * options.probe().nanos());
        }

        @Override
        public void freed() {
            books.bytes(-(long) used.length * ITEM_BYTES);
        }
    }
}
