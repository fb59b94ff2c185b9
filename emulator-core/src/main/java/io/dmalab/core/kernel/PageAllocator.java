package io.dmalab.core.kernel;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Pages;
import io.dmalab.api.observe.LifeRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;

/** The page allocator (mm/page_alloc.c, v6.14) as far as reference counts go: order 0 only, last freed first out. Left out: zones, nodes, orders, reclaim. */
final class PageAllocator implements Pages {
    /** First page handed out: 16 MiB into memory with 64 KiB pages. */
    private static final int FIRST = 256;
    private static final int NOBODY = 0;

    private final Lives lives;
    private final FindingLog findings;
    private final int shift;
    private final long ramBytes;
    private final int limit;
    private final Map<String, Integer> numbers = new LinkedHashMap<>();
    private final List<String> reasons = new ArrayList<>();
    private final List<IntFunction<List<String>>> sources = new ArrayList<>();
    private int[] references = new int[FIRST + 64];
    private int[] holders = new int[FIRST + 64];
    private int[] free = new int[16];
    private int freeCount;
    /** First page of each reserved range to the page behind it. */
    private final TreeMap<Integer, Integer> reserved = new TreeMap<>();
    private int highWater = FIRST;

    PageAllocator(KernelConfig config, Lives lives, FindingLog findings) {
        this.lives = lives;
        this.findings = findings;
        this.shift = Integer.numberOfTrailingZeros(config.pageSize());
        this.ramBytes = config.ramBytes();
        this.limit = (int) Math.min(Integer.MAX_VALUE - 8, config.ramBytes() >>> shift);
        holder("nobody");
    }

    @Override
    public int pageSize() {
        return 1 << shift;
    }

    @Override
    public int pageShift() {
        return shift;
    }

    @Override
    public long ramBytes() {
        return ramBytes;
    }

    @Override
    public int alloc() {
        int page;
        if (freeCount > 0) {
            page = free[--freeCount];
        } else {
            highWater = behindReserved(highWater);
            if (highWater >= limit) {
                return -1;
            }
            page = highWater++;
            if (page >= references.length) {
                int length = Math.max(page + 1, 2 * references.length);
                references = Arrays.copyOf(references, length);
                holders = Arrays.copyOf(holders, length);
            }
        }
        references[page] = 1;
        return page;
    }

    @Override
    public void reserve(long start, long bytes) {
        int first = (int) (start >>> shift);
        int end = (int) (start + bytes >>> shift);
        Map.Entry<Integer, Integer> below = reserved.lowerEntry(end);
        if ((long) first << shift != start || bytes <= 0 || start < 0 || start + bytes > ramBytes || first < highWater
                || below != null && below.getValue() > first) {
            throw new IllegalArgumentException("cannot reserve " + bytes + " bytes at 0x" + Long.toHexString(start));
        }
        reserved.put(first, end);
    }

    /** The page, or the first one behind the reserved range that it lies in. */
    private int behindReserved(int page) {
        Map.Entry<Integer, Integer> range = reserved.floorEntry(page);
        return range != null && page < range.getValue() ? behindReserved(range.getValue()) : page;
    }

    @Override
    public void get(int page) {
        if (references[page] == 0) {
            findings.report(FindingKind.USE_AFTER_FREE, "page " + page, "a reference is taken to a free page");
        }
        references[page]++;
    }

    @Override
    @KernelFunction("__folio_put")
    public void put(int page) {
        int left = --references[page];
        if (left > 0) {
            return;
        }
        if (left < 0) {
            references[page] = 0;
            findings.report(FindingKind.DOUBLE_FREE, "page " + page, "a page without references is put");
            return;
        }
        holders[page] = NOBODY;
        if (lives.watched()) {
            lives.tell(new LifeRecord.PageFreed(lives.now(), lives.by(), page));
        }
        if (freeCount == free.length) {
            free = Arrays.copyOf(free, 2 * freeCount);
        }
        free[freeCount++] = page;
    }

    @Override
    public int refCount(int page) {
        if (!reserved.isEmpty() && behindReserved(page) != page) {
            return 1;
        }
        return page >= 0 && page < highWater ? references[page] : 0;
    }

    @Override
    public int holder(String reason) {
        return numbers.computeIfAbsent(reason, r -> {
            reasons.add(r);
            return reasons.size() - 1;
        });
    }

    @Override
    public String reason(int holder) {
        return reasons.get(holder);
    }

    @Override
    public void heldBy(int page, int holder) {
        holders[page] = holder;
        if (lives.watched()) {
            changedHands(page);
        }
    }

    @Override
    public boolean watched() {
        return lives.watched();
    }

    @Override
    public void changedHands(int page) {
        lives.tell(new LifeRecord.Held(lives.now(), lives.by(), page, holdersOf(page)));
    }

    @Override
    public List<String> holdersOf(int page) {
        for (IntFunction<List<String>> source : sources) {
            List<String> known = source.apply(page);
            if (!known.isEmpty()) {
                return known;
            }
        }
        return List.of(reasons.get(holders[page]));
    }

    @Override
    public void holders(IntFunction<List<String>> source) {
        sources.add(source);
    }

    @Override
    public int highWater() {
        return highWater;
    }
}
