package io.dmalab.platform.pseries.iommu;

import io.dmalab.api.dma.DmaAllocator;
import io.dmalab.platform.pseries.TestPartition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The same operations on the allocator and on {@link NaiveRangeAllocator}, one by one, up to the first difference. */
final class RangeAllocatorRun {
    /** A table as iommu_table_reserve_pages() is called for it; the reserved range is what the caller passed, not yet clamped. */
    record Shape(int shift, long offset, int entries, long passedStart, long passedEnd) {
        /** Section 4: an empty range is stored as it_offset. */
        private long[] reserved() {
            long start = Math.max(passedStart, offset);
            long end = Math.min(passedEnd, offset + entries);
            return start < end ? new long[] {start, end} : new long[] {offset, offset};
        }
    }

    /**
     * One operation. An allocation has {@code pages} and no {@code victim}; a release takes back what the step {@code victim} got, or if
     * that is negative frees {@code pages} entries from {@code at} on, whatever is there. For an allocation {@code at} is the handle,
     * {@link #LAST_END} the one that scatter/gather passes on.
     */
    record Step(int id, boolean alloc, int cpu, int pages, long at, long mask, int align, long boundary, int victim) {
        @Override
        public String toString() {
            if (alloc) {
                return "#" + id + " cpu " + cpu + " alloc " + pages + " handle " + (at == LAST_END ? "end of the last" : at) + " mask 0x"
                        + Long.toHexString(mask) + " align " + align + " boundary " + boundary;
            }
            String what = victim >= 0 ? "what #" + victim + " got" : at + "+" + pages;
            return "#" + id + " cpu " + cpu + " free " + what;
        }
    }

    static final long LAST_END = -1;
    private static final long NO_BOUNDARY = 1L << 50;

    private final Shape shape;
    private final NaiveRangeAllocator model;
    private final IommuTableBitmap bitmap;
    private final Map<Integer, long[]> given = new HashMap<>();
    private long lastEnd;
    private String difference = "";

    private RangeAllocatorRun(TestPartition partition, Shape shape) {
        this.shape = shape;
        long[] reserved = shape.reserved();
        model = new NaiveRangeAllocator(shape.offset, shape.entries, shape.shift, reserved[0], reserved[1]);
        bitmap = new IommuTableBitmap(partition.kernel);
        bitmap.init(new DmaAllocator.Window(shape.offset, shape.entries, shape.shift, reserved[0], reserved[1]));
    }

    /** The first difference, or an empty text. */
    static String difference(TestPartition partition, Shape shape, List<Step> steps) {
        RangeAllocatorRun run = new RangeAllocatorRun(partition, shape);
        int at = 0;
        while (at < steps.size() && run.difference.isEmpty()) {
            int end = at + 1;
            while (end < steps.size() && steps.get(end).cpu == steps.get(at).cpu) {
                end++;
            }
            List<Step> ofOneCpu = steps.subList(at, end);
            partition.task(ofOneCpu.getFirst().cpu, () -> ofOneCpu.forEach(run::step));
            at = end;
        }
        run.compareBits();
        run.bitmap.release();
        return run.difference;
    }

    /** The fewest of these steps that still differ, as found by leaving out ever smaller pieces. */
    static List<Step> smallest(TestPartition partition, Shape shape, List<Step> failing) {
        List<Step> steps = new ArrayList<>(failing);
        for (int piece = steps.size() / 2; piece > 0; piece /= 2) {
            for (int from = 0; from < steps.size(); ) {
                List<Step> fewer = new ArrayList<>(steps.subList(0, from));
                fewer.addAll(steps.subList(Math.min(steps.size(), from + piece), steps.size()));
                if (difference(partition, shape, fewer).isEmpty()) {
                    from += piece;
                } else {
                    steps = fewer;
                }
            }
        }
        return steps;
    }

    private void step(Step step) {
        if (!difference.isEmpty()) {
            return;
        }
        if (step.alloc) {
            alloc(step);
        } else {
            free(step);
        }
        int i = 0;
        for (IommuTableBitmap.Pool pool : bitmap.pools()) {
            long[] expected = model.pools.get(i++);
            if (pool.start != expected[0] || pool.end != expected[1] || pool.hint != expected[2]) {
                differs(step, "pool " + (i - 1) + " is " + pool.start + ".." + pool.end + " hint " + pool.hint, Arrays.toString(expected));
            }
        }
    }

    private void alloc(Step step) {
        long handle = step.at == LAST_END ? lastEnd : step.at;
        long expected = model.alloc(step.cpu, step.pages, handle, step.mask, step.align, step.boundary == 0 ? NO_BOUNDARY : step.boundary);
        long found = bitmap.alloc(step.pages, handle, step.mask, step.align, step.boundary);
        if (found != expected) {
            differs(step, "entry " + found, "entry " + expected);
            return;
        }
        if (found >= 0) {
            lastEnd = found + step.pages;
            given.put(step.id, new long[] {found, step.pages});
            compare(step, found, step.pages);
        }
    }

    private void free(Step step) {
        long[] range = step.victim >= 0 ? given.get(step.victim) : new long[] {step.at, step.pages};
        if (range == null) {
            return;
        }
        model.free(range[0], range[1]);
        bitmap.free(range[0], (int) range[1]);
        compare(step, range[0], range[1]);
    }

    /** The bits of a range and of one entry on either side. */
    private void compare(Step step, long from, long pages) {
        for (long i = Math.max(0, from - 1); i < Math.min(shape.entries, from + pages + 1); i++) {
            if (bitmap.bits().get(i) != model.used[(int) i]) {
                differs(step, "bit " + i + " is " + bitmap.bits().get(i), model.used[(int) i]);
            }
        }
        if (step.id % 64 == 0 && bitmap.inUse() != model.inUse()) {
            differs(step, "in use is " + bitmap.inUse(), model.inUse());
        }
    }

    private void compareBits() {
        long weight = 0;
        for (int i = 0; i < shape.entries && difference.isEmpty(); i++) {
            weight += model.used[i] ? 1 : 0;
            if (bitmap.bits().get(i) != model.used[i]) {
                difference = "at the end bit " + i + " is " + bitmap.bits().get(i) + ", expected " + model.used[i];
            }
        }
        if (difference.isEmpty() && bitmap.bits().weight() != weight) {
            difference = "at the end the weight is " + bitmap.bits().weight() + ", expected " + weight;
        }
        if (difference.isEmpty() && bitmap.inUse() != model.inUse()) {
            difference = "at the end in use is " + bitmap.inUse() + ", expected " + model.inUse();
        }
    }

    private void differs(Step step, String found, Object expected) {
        if (difference.isEmpty()) {
            difference = step + ": " + found + ", expected " + expected;
        }
    }
}
