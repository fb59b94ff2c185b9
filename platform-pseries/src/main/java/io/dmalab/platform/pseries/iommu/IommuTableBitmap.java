package io.dmalab.platform.pseries.iommu;

import io.dmalab.api.dma.DmaAllocator;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.Scheduler;
import io.dmalab.api.kernel.SpinLock;
import jakarta.inject.Inject;
import java.util.Arrays;

/**
 * The bitmap of an iommu_table with its pools and hints: iommu_range_alloc and the bit side of __iommu_free of arch/powerpc/kernel/iommu.c,
 * and iommu_area_alloc of lib/iommu-helper.c (v6.12; facts: iommu-table.md 3, 4, 6, 7, 13). Left out: the read-back of a kdump kernel.
 *
 * <p>Serves as a {@link DmaAllocator} of any window; {@link IommuTable} adds the hypervisor's side.
 */
public final class IommuTableBitmap implements DmaAllocator {
    /** it_blocksize: what the hint is rounded up to behind a small allocation. */
    private static final long BLOCK = 16;
    /** A request of more entries than this is served from the large pool. */
    private static final int SMALL_MAX = 15;
    private static final int SMALL_POOLS = 4;
    private static final long SPLIT_BYTES = 1L << 30;

    private final Kernel kernel;
    private final Scheduler sched;
    private long offset;
    private long entries;
    private long reservedStart;
    private long reservedEnd;
    private KernelObject map;
    private SparseBitmap bits;
    private Pool[] pools;
    private Pool largePool;
    /** iommu_pool_hash: the small pool of each CPU. */
    private Pool[] poolOfCpu;
    /** Of the latest {@link #poolOf}. */
    private Pool lastPool;
    private long poolSize;
    private long reservedWeight;

    /** struct iommu_pool. Watched as part of the table that it lies in. */
    static final class Pool {
        final long start;
        final long end;
        /** The last entry, which is never handed out, and its absolute number. */
        final long last;
        final long lastAbsolute;
        final int number;
        final SpinLock lock;
        long hint;

        Pool(int number, long start, long end, long offset, SpinLock lock) {
            this.number = number;
            this.start = start;
            this.end = end;
            this.last = end - 1;
            this.lastAbsolute = offset + end - 1;
            this.hint = start;
            this.lock = lock;
        }
    }

    @Inject
    public IommuTableBitmap(Kernel kernel) {
        this.kernel = kernel;
        this.sched = kernel.sched();
    }

    @Override
    public void init(Window window) {
        offset = window.offset();
        entries = window.entries();
        reservedStart = window.reservedStart();
        reservedEnd = window.reservedEnd();
        bits = new SparseBitmap(entries);
        map = kernel.memory().vzalloc("it_map", (entries + 63) / 64 * 8);
        if (offset == 0) {
            bits.set(0, 1);
        }
        if (reservedEnd > reservedStart) {
            bits.set(reservedStart - offset, reservedEnd - reservedStart);
        }
        reservedWeight = bits.weight();
        buildPools(entries << window.shift() >= SPLIT_BYTES ? SMALL_POOLS : 1);
    }

    private void buildPools(int count) {
        poolSize = entries * 3 / 4 / count;
        pools = new Pool[count];
        for (int i = 0; i < count; i++) {
            pools[i] = new Pool(i, poolSize * i, poolSize * (i + 1), offset, kernel.locks().spin("&p->lock"));
        }
        largePool = new Pool(count, poolSize * count, entries, offset, kernel.locks().spin("&p->lock"));
        lastPool = pools[0];
        poolOfCpu = new Pool[sched.cpus()];
        Arrays.setAll(poolOfCpu, cpu -> pools[poolHash(cpu) & count - 1]);
    }

    /** Small pools first, the large one last. */
    Pool[] pools() {
        Pool[] all = Arrays.copyOf(pools, pools.length + 1);
        all[pools.length] = largePool;
        return all;
    }

    /** Where each pool looks first, the large one last: all that an allocation changes besides bits. */
    public long[] hints() {
        long[] hints = new long[pools.length + 1];
        for (int i = 0; i < pools.length; i++) {
            hints[i] = pools[i].hint;
        }
        hints[pools.length] = largePool.hint;
        return hints;
    }

    /** Puts back what {@link #hints} gave: with {@link #free} it undoes an allocation that was only tried. */
    public void hints(long[] hints) {
        for (int i = 0; i < pools.length; i++) {
            pools[i].hint = hints[i];
        }
        largePool.hint = hints[pools.length];
    }

    /** Some entry of the range is handed out or reserved. */
    public boolean isTaken(long entry, int pages) {
        return entry + pages > entries || bits.nextSet(entry, entry + pages) < entry + pages;
    }

    /** Marks entries as handed out and puts the hint behind them, as if a search had ended there. */
    public void claim(long entry, int pages) {
        Pool pool = poolOf(entry);
        bits.set(entry, pages);
        pool.hint = pages > SMALL_MAX ? entry + pages : entry + pages + BLOCK - 1 & -BLOCK;
    }

    SparseBitmap bits() {
        return bits;
    }

    /** iommu_range_alloc() from its choice of a pool on. */
    @Override
    public long alloc(int pages, long hint, long mask, int alignOrder, long boundary) {
        if ((pages - 1 | alignOrder | hint) == 0) {
            return allocOne(mask, boundary);
        }
        Pool own = poolOfCpu[sched.cpu()];
        Pool pool = pages > SMALL_MAX ? largePool : own;
        pool.lock.lock();
        long start = hint > 0 && hint >= pool.start && hint < pool.end ? hint : pool.hint;
        map.write("words", start >>> 6);
        return search(pool, own.number, start, pages, mask, alignOrder, boundary);
    }

    /**
     * A single entry: nearly always it is found in the block where the search would look first. The new hint does not wait for where in
     * that block.
     */
    private long allocOne(long mask, long boundary) {
        Pool pool = poolOfCpu[sched.cpu()];
        SpinLock lock = pool.lock;
        lock.lock();
        long start = pool.hint;
        map.write("words", start >>> 6);
        long blockEnd = (start | BLOCK - 1) + 1;
        if (blockEnd <= pool.last && pool.lastAbsolute < mask) {
            long found = bits.acquire(start, blockEnd);
            if (found < blockEnd) {
                pool.hint = blockEnd;
                lock.unlock();
                return found;
            }
        }
        return search(pool, pool.number, start, 1, mask, 0, boundary);
    }

    /** The passes over the pools: the own one from {@code first} on and from its start, the others, the own one again, the large one. */
    private long search(Pool own, int ownNumber, long first, int pages, long mask, int alignOrder, long boundary) {
        Pool pool = own;
        int number = ownNumber;
        for (int pass = 0; ; pass++) {
            long start = pass == 0 ? first : pool.hint;
            long limit = pool.end;
            if (start >= limit) {
                start = pool.start;
            }
            if (limit + offset > mask) {
                limit = mask - offset + 1;
                if ((start & mask) >= limit || pass > 0) {
                    pool = move(pool, pools[0]);
                    start = pool.start;
                } else {
                    start &= mask;
                }
            }
            long found = areaAlloc(limit, start, pages, alignOrder, boundary);
            if (found >= 0) {
                long end = found + pages;
                pool.hint = pages > SMALL_MAX ? end : end + BLOCK - 1 & -BLOCK;
                pool.lock.unlock();
                return found;
            }
            if (pass == 0) {
                pool.hint = pool.start;
            } else if (pass <= pools.length) {
                number = number + 1 & pools.length - 1;
                pool = move(pool, pools[number]);
                pool.hint = pool.start;
            } else if (pass == pools.length + 1) {
                pool = move(pool, largePool);
                pool.hint = pool.start;
            } else {
                pool.lock.unlock();
                return NONE;
            }
        }
    }

    /** Drops one pool's lock and takes another's; they never nest. */
    private static Pool move(Pool from, Pool to) {
        from.lock.unlock();
        to.lock.lock();
        return to;
    }

    /** iommu_area_alloc(): the entry below the limit is never handed out. */
    private long areaAlloc(long limit, long from, int pages, int alignOrder, long boundary) {
        long size = limit - 1;
        long alignMask = (1L << alignOrder) - 1;
        long start = from;
        while (true) {
            long index = nextZeroArea(size, start, pages, alignMask);
            if (index + pages > size) {
                return NONE;
            }
            long absolute = offset + index;
            if (boundary == 0 || (absolute & boundary - 1) + pages <= boundary) {
                map.write("words", index >>> 6);
                bits.set(index, pages);
                return index;
            }
            start = (absolute + boundary - 1 & -boundary) - offset;
        }
    }

    /** bitmap_find_next_zero_area(): where a free aligned run begins; past the end if none does. */
    private long nextZeroArea(long size, long from, int pages, long alignMask) {
        long start = from;
        while (true) {
            long index = bits.nextZero(start, Math.max(size, start)) + alignMask & ~alignMask;
            long end = index + pages;
            if (pages == 1 && alignMask == 0 || end > size) {
                return index;
            }
            long taken = bits.nextSet(index, end);
            if (taken >= end) {
                return index;
            }
            start = taken + 1;
        }
    }

    /** The second half of __iommu_free(): clears the bits under the lock of the first one's pool. The caller has checked the range. */
    @Override
    public void free(long entry, int pages) {
        SpinLock lock = poolOf(entry).lock;
        lock.lock();
        map.write("words", entry >>> 6);
        if (pages == 1) {
            bits.clear(entry);
        } else {
            bits.clear(entry, pages);
        }
        lock.unlock();
    }

    /** get_pool(): mostly that of the call before. */
    private Pool poolOf(long entry) {
        Pool pool = lastPool;
        return entry >= pool.start && entry < pool.end ? pool : otherPoolOf(entry);
    }

    /** The kernel divides by the pool size; among four pools, or one, two comparisons are faster. */
    private Pool otherPoolOf(long entry) {
        int half = entry < 2 * poolSize ? 0 : 2;
        Pool pool = entry >= largePool.start ? largePool : pools[entry < (half + 1) * poolSize ? half : half + 1];
        lastPool = pool;
        return pool;
    }

    /** iommu_table_in_use(): bit 0 of a window at 0 and the reserved range do not count. No lock. */
    @Override
    public boolean inUse() {
        map.read("words");
        long start = offset == 0 ? 1 : 0;
        if (reservedStart == reservedEnd) {
            return bits.nextSet(start, entries) < entries;
        }
        long end = reservedStart - offset;
        if (bits.nextSet(start, end) < end) {
            return true;
        }
        return bits.nextSet(reservedEnd - offset, entries) < entries;
    }

    @Override
    public long used() {
        return bits.weight() - reservedWeight;
    }

    @Override
    public void release() {
        kernel.memory().free(map);
    }

    /** hash_32(cpu, 2): the CPU's small pool among four. */
    static int poolHash(int cpu) {
        return cpu * 0x61C88647 >>> 30;
    }
}
