package io.dmalab.netstack.policy;

import io.dmalab.api.device.Device;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.api.policy.PoolGuard;
import io.dmalab.api.policy.PoolTeardown;
import jakarta.inject.Inject;
import java.util.Arrays;

/** Policy {@code item-blocks} (free-policies.md P8b): items for mapped pages come in blocks of a page, as many as are needed. */
public final class ItemBlocks implements FreePolicy {
    static final String SUMMARY = "page_pool tracks its mappings in items that come in page-sized blocks, and scans the blocks at destroy";
    static final String DESCRIPTION = """
            Mechanism  Items come in blocks of the size of a page, allocated when no item is free; the pool of an item is found by masking
                       its address. There is no limit. A page that is mapped takes an item from a free list, one that leaves the pool gives
                       it back; blocks stay until the pool is freed. At destroy all blocks are scanned, and items in state "mapped" are
                       unmapped.
            Origin     "page_pool: fix IOMMU crash when driver has already unbound", Yunsheng Lin (Huawei), RFC v4 to v8 from 27 January
                       2025, v11 7 March 2025 <20250307092356.638242>. Superseded by unmap-at-destroy. Facts: free-policies.md P8b.
            Cost       16 bytes for an item, in whole blocks: with 64 KiB pages a pool takes at least 64 KiB. Quoted for x86: 0.09 ns more
                       for an allocation from the cache, 0.76 ns by way of the ring, 12.8 ns for a page that is mapped and unmapped; the
                       figures are multiplied with what each path was used. Scan of the blocks at destroy (1 ns an item, assumed).
            Fails by   No known failure of the mechanism in its last versions; it was refused as a redesign presented as a fix (Jesper
                       Brouer) and as a second mechanism beside the pool's own that everybody pays for (Toke Høiland-Jørgensen). Mappings of
                       memory providers are not seen. Pools still linger until the last page is home.""";

    private static final int ITEM_BYTES = 16;
    private static final int SCAN_NANOS = 1;
    private static final int PAIR_PICOS = 12_800;
    private static final int CACHE_PICOS = 90;
    private static final int RING_PICOS = 760;

    private final Kernel kernel;
    private final Books books;

    @Inject
    public ItemBlocks(Kernel kernel) {
        this.kernel = kernel;
        this.books = new Books(kernel.metrics().counter(Metrics.HOT_PATH_NS));
    }

    @Override
    public PoolGuard guardPool(Device device, int poolSize) {
        return new Blocks();
    }

    @Override
    public int bytesPerMappedPage() {
        return books.bytesPerPage();
    }

    private final class Blocks extends TrackedPages {
        private final int blockBytes = kernel.pages().pageSize();
        /** The first item's room is the block's header. */
        private final int blockItems = blockBytes / ITEM_BYTES - 1;
        private int[] free = new int[64];
        private int freeCount;
        private int items;

        Blocks() {
            super(ItemBlocks.this.kernel, ItemBlocks.this.books, ItemBlocks.this.kernel.memory().global("page_pool.item_blocks"),
                    "hold_items", "item.state", PAIR_PICOS / 2);
        }

        @Override
        int take() {
            if (freeCount == 0) {
                addBlock();
            }
            return free[--freeCount];
        }

        private void addBlock() {
            books.bytes(blockBytes);
            free = free.length < blockItems ? new int[blockItems] : free;
            for (int i = blockItems - 1; i >= 0; i--) {
                free[freeCount++] = items + i;
            }
            items += blockItems;
        }

        @Override
        void give(int item) {
            if (freeCount == free.length) {
                free = Arrays.copyOf(free, 2 * freeCount);
            }
            free[freeCount++] = item;
        }

        @Override
        int end() {
            return items;
        }

        @Override
        void beforeWalk(PoolTeardown pool) {
            pool.stopSync();
            kernel.sched().spend((long) items * SCAN_NANOS);
        }

        @Override
        public long recyclePicos(long fromCache, long byRing) {
            return fromCache * CACHE_PICOS + byRing * RING_PICOS;
        }

        @Override
        public void freed() {
            books.bytes(-(long) (items / blockItems) * blockBytes);
        }
    }
}
