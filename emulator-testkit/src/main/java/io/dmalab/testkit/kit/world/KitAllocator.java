package io.dmalab.testkit.kit.world;

import io.dmalab.api.dma.DmaAllocator;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.SpinLock;
import jakarta.inject.Inject;
import java.util.BitSet;

/** Allocator {@code kit-allocator}: the lowest free range that fits, over windows that fit a bit set. Models nothing of the kernel. */
public final class KitAllocator implements DmaAllocator {
    private final Kernel kernel;
    private final SpinLock lock;
    private final BitSet taken = new BitSet();
    private KernelObject map;
    private Window window;

    @Inject
    public KitAllocator(Kernel kernel) {
        this.kernel = kernel;
        this.lock = kernel.locks().spin("&kit_allocator->lock");
    }

    @Override
    public void init(Window served) {
        window = served;
        map = kernel.memory().kzalloc("kit_map", Math.max(8, served.entries() / 8));
    }

    @Override
    public long alloc(int pages, long hint, long mask, int alignOrder, long boundary) {
        lock.lock();
        map.write("bits");
        long found = lowest(pages, mask, 1L << alignOrder, boundary);
        if (found != NONE) {
            taken.set((int) found, (int) found + pages);
        }
        lock.unlock();
        return found;
    }

    private long lowest(int pages, long mask, long step, long boundary) {
        long entry = 0;
        while (entry + pages <= window.entries()) {
            long first = window.offset() + entry;
            long last = first + pages - 1;
            int free = taken.nextSetBit((int) entry);
            if (Long.compareUnsigned(last, mask) > 0) {
                return NONE;
            }
            boolean crosses = boundary != 0 && first / boundary != last / boundary;
            boolean reserved = first == 0 || last >= window.reservedStart() && first < window.reservedEnd();
            if (!crosses && !reserved && (free < 0 || free >= entry + pages)) {
                return entry;
            }
            // behind the last taken entry of the run that is in the way, so that a full window is not looked at entry by entry
            long next = free >= 0 && free < entry + pages ? taken.nextClearBit(free) : entry + 1;
            entry = (next + step - 1) / step * step;
        }
        return NONE;
    }

    @Override
    public void free(long entry, int pages) {
        lock.lock();
        map.write("bits");
        taken.clear((int) entry, (int) entry + pages);
        lock.unlock();
    }

    @Override
    public boolean inUse() {
        map.read("bits");
        return !taken.isEmpty();
    }

    @Override
    public long used() {
        return taken.cardinality();
    }

    @Override
    public void release() {
        kernel.memory().free(map);
    }
}
