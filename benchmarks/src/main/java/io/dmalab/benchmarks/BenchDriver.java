package io.dmalab.benchmarks;

import io.dmalab.api.Components;
import io.dmalab.api.config.Option;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceDriver;
import io.dmalab.api.dma.DmaAllocator;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.dma.IommuBackend;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.netstack.PagePool;
import io.dmalab.netstack.PagePools;
import io.dmalab.platform.pseries.hvcall.PlparHcalls;
import io.dmalab.platform.pseries.iommu.DevArchdata;
import io.dmalab.platform.pseries.iommu.IommuTableBitmap;
import jakarta.inject.Inject;

/** Does one thing very often, in softirq context as the data path does. The oldest mapping goes first. */
public final class BenchDriver implements DeviceDriver {
    /** What is done. */
    public enum Work {
        /** A range of one entry from the allocator and back. */
        BITMAP,
        /** The same allocator with locks that do nothing. */
        BITMAP_UNLOCKED,
        /** IommuBackend.map and unmap: iommu_table, the hypercalls, the trace. */
        TABLE,
        /** DmaApi.mapPage and unmapPage: the same under the ledger of live mappings. */
        DMA_API,
        /** plpar_tce_put and plpar_tce_stuff of one entry: hypervisor and trace. */
        HCALLS,
        /** page_pool_alloc_pages and page_pool_put_page: through the alloc cache. */
        PAGE_POOL,
        /** Nothing: what the machine itself costs. */
        NOTHING
    }

    /** What can be set. */
    public record Options(
            @Option(value = "nothing", doc = "what is done") Work work,
            @Option(value = "1000000", doc = "how often") int pairs,
            @Option(value = "1024", doc = "mappings or pages that are live meanwhile") int live) {}

    private static final long ALL = -1L;
    /** Pairs at a time, as many as NAPI's budget: the loop around them is compiled like any method that is called often. */
    private static final int STRETCH = 64;

    /** What is done, for the live mappings {@code from} to {@code to}, exclusive. */
    private interface Stretch {
        void run(int from, int to);
    }

    private final Kernel kernel;
    private final Components components;
    private final PagePools pools;
    private final PlparHcalls hcalls;
    private final Options options;

    @Inject
    public BenchDriver(Kernel kernel, Components components, PagePools pools, PlparHcalls hcalls, Options options) {
        this.kernel = kernel;
        this.components = components;
        this.pools = pools;
        this.hcalls = hcalls;
        this.options = options;
    }

    @Override
    public String name() {
        return "bench";
    }

    @Override
    public void probe(Device device) {
        kernel.dma().setMask(device, ALL);
    }

    @Override
    public void up(Device device) {
        Stretch work = switch (options.work()) {
            case BITMAP -> bitmap(components.create(DmaAllocator.class, "iommu-table-bitmap"));
            case BITMAP_UNLOCKED -> bitmap(new IommuTableBitmap(Unlocked.of(kernel)));
            case TABLE -> table(device);
            case DMA_API -> dmaApi(device);
            case HCALLS -> hcalls(device);
            case PAGE_POOL -> pagePool(device);
            case NOTHING -> (from, to) -> { };
        };
        kernel.sched().at(kernel.clock().now() + 1000, ContextKind.SOFTIRQ, 0, arg -> repeat(work), 0);
    }

    private void repeat(Stretch work) {
        int from = 0;
        for (int left = options.pairs(); left > 0; ) {
            int to = from + Math.min(left, Math.min(STRETCH, options.live() - from));
            work.run(from, to);
            left -= to - from;
            from = to == options.live() ? 0 : to;
        }
    }

    @Override
    public void remove(Device device) {}

    private Stretch bitmap(DmaAllocator allocator) {
        allocator.init(new DmaAllocator.Window(0, 1 << 20, 16, 0, 0));
        long[] live = new long[options.live()];
        for (int i = 0; i < live.length; i++) {
            live[i] = allocator.alloc(1, 0, ALL >>> 1, 0, 0);
        }
        return (from, to) -> {
            for (int i = from; i < to; i++) {
                allocator.free(live[i], 1);
                live[i] = allocator.alloc(1, 0, ALL >>> 1, 0, 0);
            }
        };
    }

    private Stretch table(Device device) {
        IommuBackend backend = device.backend();
        int bytes = kernel.pages().pageSize();
        long[] live = new long[options.live()];
        for (int i = 0; i < live.length; i++) {
            live[i] = check(backend.map(device, (long) i * bytes, bytes, DmaDirection.FROM_DEVICE));
        }
        return (from, to) -> {
            for (int i = from; i < to; i++) {
                backend.unmap(device, live[i], bytes, DmaDirection.FROM_DEVICE);
                live[i] = backend.map(device, (long) i * bytes, bytes, DmaDirection.FROM_DEVICE);
            }
            kernel.sched().takeDebt();
        };
    }

    private Stretch dmaApi(Device device) {
        DmaApi dma = kernel.dma();
        int bytes = kernel.pages().pageSize();
        int[] pages = new int[options.live()];
        long[] live = new long[options.live()];
        for (int i = 0; i < live.length; i++) {
            pages[i] = kernel.pages().alloc();
            live[i] = check(dma.mapPage(device, pages[i], 0, bytes, DmaDirection.FROM_DEVICE));
        }
        return (from, to) -> {
            for (int i = from; i < to; i++) {
                dma.unmapPage(device, live[i], bytes, DmaDirection.FROM_DEVICE);
                live[i] = dma.mapPage(device, pages[i], 0, bytes, DmaDirection.FROM_DEVICE);
            }
            kernel.sched().takeDebt();
        };
    }

    private Stretch hcalls(Device device) {
        int bytes = kernel.pages().pageSize();
        long entry = check(device.backend().map(device, 0, bytes, DmaDirection.FROM_DEVICE));
        device.backend().unmap(device, entry, bytes, DmaDirection.FROM_DEVICE);
        long liobn = ((DevArchdata) device.archdata()).tableBase().index();
        return (from, to) -> {
            for (int i = from; i < to; i++) {
                hcalls.tcePut(liobn, entry, (long) i << 16 | 3);
                hcalls.tceStuff(liobn, entry, 0, 1);
            }
            kernel.sched().takeDebt();
        };
    }

    private Stretch pagePool(Device device) {
        PagePool pool = pools.create(new PagePool.Params(device, null, null, 0, 1024, DmaDirection.FROM_DEVICE, true, true, kernel.pages().pageSize(), 0));
        int[] live = new int[options.live()];
        for (int i = 0; i < live.length; i++) {
            live[i] = pool.allocPage();
        }
        return (from, to) -> {
            for (int i = from; i < to; i++) {
                pool.put(live[i], 1, true);
                live[i] = pool.allocPage();
            }
        };
    }

    private static long check(long address) {
        if (address == DmaApi.MAPPING_ERROR) {
            throw new IllegalStateException("the mapping failed");
        }
        return address;
    }
}
