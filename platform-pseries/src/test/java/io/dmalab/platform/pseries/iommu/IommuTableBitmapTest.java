package io.dmalab.platform.pseries.iommu;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.dma.DmaAllocator;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.RandomStream;
import io.dmalab.core.random.Streams;
import io.dmalab.platform.pseries.TestPartition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IommuTableBitmapTest {
    private static final long NO_MASK = -1L >>> 12;
    private static final long GIB = 1L << 30;
    private static final long DDW_BASE = 1L << 59;

    private final TestPartition partition = TestPartition.builder().config(c -> c.withPageSize(65536)).build();

    @AfterEach
    void close() {
        partition.close();
    }

    private IommuTableBitmap bitmap(long base, long bytes, int shift) {
        return bitmap(base, bytes, shift, base >>> shift, base >>> shift);
    }

    private IommuTableBitmap bitmap(long base, long bytes, int shift, long reservedStart, long reservedEnd) {
        IommuTableBitmap bitmap = new IommuTableBitmap(partition.kernel);
        bitmap.init(new DmaAllocator.Window(base >>> shift, bytes >>> shift, shift, reservedStart, reservedEnd));
        return bitmap;
    }

    /** An allocation on a CPU of the machine, which has eight. */
    private long alloc(IommuTableBitmap bitmap, int cpu, int pages, long hint, long mask, int align, long boundary) {
        long[] found = new long[1];
        partition.task(cpu, () -> found[0] = bitmap.alloc(pages, hint, mask, align, boundary));
        return found[0];
    }

    private long alloc(IommuTableBitmap bitmap, int cpu, int pages) {
        return alloc(bitmap, cpu, pages, 0, NO_MASK, 0, 0);
    }

    @ParameterizedTest(name = "{0} bytes, shift {1}")
    @CsvSource({
        "1073741824,    12, '0-49152 49152-98304 98304-147456 147456-196608 196608-262144'",
        "2147483648,    12, '0-98304 98304-196608 196608-294912 294912-393216 393216-524288'",
        "268435456,     12, '0-49152 49152-65536'",
        "549755813888,  16, '0-1572864 1572864-3145728 3145728-4718592 4718592-6291456 6291456-8388608'",
        "1099511627776, 21, '0-98304 98304-196608 196608-294912 294912-393216 393216-524288'"})
    @DisplayName("iommu-table.md 3: pool layouts")
    void poolLayouts(long bytes, int shift, String expected) {
        IommuTableBitmap bitmap = bitmap(0, bytes, shift);
        String pools = Arrays.stream(bitmap.pools()).map(p -> p.start + "-" + p.end).collect(Collectors.joining(" "));
        assertThat(pools).isEqualTo(expected);
    }

    @Test
    @DisplayName("iommu-table.md 6: CPUs 0 to 15 hash to pools 0,1,3,0,2,3,1,2,0,1,3,0,2,3,1,2")
    void cpuHash() {
        List<Integer> pools = new ArrayList<>();
        for (int cpu = 0; cpu < 16; cpu++) {
            pools.add(IommuTableBitmap.poolHash(cpu));
        }
        assertThat(pools).containsExactly(0, 1, 3, 0, 2, 3, 1, 2, 0, 1, 3, 0, 2, 3, 1, 2);
    }

    @Test
    @DisplayName("iommu-table.md 8: golden vectors of a 1 GiB window with 4 KiB pages")
    void goldenVectors() {
        IommuTableBitmap bitmap = bitmap(0, GIB, 12);
        int[][] requests = {{0, 1}, {0, 1}, {0, 3}, {0, 1}, {0, 16}, {0, 20}, {0, 1}, {1, 1}, {2, 1}, {4, 1}, {3, 1}};
        List<Long> entries = new ArrayList<>();
        for (int[] request : requests) {
            entries.add(alloc(bitmap, request[0], request[1]));
        }
        assertThat(entries).containsExactly(1L, 16L, 32L, 48L, 196608L, 196624L, 64L, 49152L, 147456L, 98304L, 80L);
    }

    @Test
    @DisplayName("iommu-table.md 8: a 512 GiB window with 64 KiB pages at 2^59 hands out addresses 1 MiB apart")
    void goldenAddressesOfTheSeedsWindow() {
        IommuTableBitmap bitmap = bitmap(DDW_BASE, 512 * GIB, 16);
        List<Long> addresses = new ArrayList<>();
        for (int cpu : new int[] {0, 0, 1, 2}) {
            addresses.add(DDW_BASE + (alloc(bitmap, cpu, 1) << 16));
        }
        assertThat(addresses).containsExactly(0x800000000000000L, 0x800000000100000L, 0x800001800000000L, 0x800004800000000L);
    }

    @Test
    @DisplayName("iommu-table.md 8: one pool of 48 exhausted by single pages")
    void exhaustion() {
        IommuTableBitmap bitmap = bitmap(DDW_BASE, 64L << 12, 12);
        List<Long> entries = new ArrayList<>();
        for (long entry = alloc(bitmap, 0, 1); entry >= 0; entry = alloc(bitmap, 0, 1)) {
            entries.add(entry);
        }
        List<Long> expected = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            for (int block = i; block < 47; block += 16) {
                expected.add((long) block);
            }
        }
        LongStream.range(48, 63).forEach(expected::add);
        assertThat(entries).isEqualTo(expected).hasSize(62).doesNotContain(47L, 63L);
    }

    @Test
    @DisplayName("iommu-table.md 8: a 28-bit mask on a 2 GiB window")
    void masked() {
        IommuTableBitmap bitmap = bitmap(0, 2 * GIB, 12);
        long mask = (1L << 28) - 1 >>> 12;
        assertThat(alloc(bitmap, 1, 1, 0, mask, 0, 0)).isEqualTo(32768);
        assertThat(alloc(bitmap, 1, 16, 0, mask, 0, 0)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"16384,16,4", "16384,12,1", "65536,16,4"})
    @DisplayName("iommu-table.md 7: it_size - (nr_pools + 1) single pages where bit 0 is usable")
    void capacity(int entries, int shift, int pools) {
        IommuTableBitmap bitmap = bitmap(DDW_BASE, (long) entries << shift, shift);
        long[] count = new long[1];
        partition.task(() -> {
            while (bitmap.alloc(1, 0, NO_MASK, 0, 0) >= 0) {
                count[0]++;
            }
        });
        assertThat(count[0]).isEqualTo(entries - (pools + 1));
    }

    @Test
    @DisplayName("iommu-table.md invariant 2: reserved entries, bit 0 and the last entry of each pool are never handed out")
    void neverHandedOut() {
        IommuTableBitmap bitmap = bitmap(0, 256L << 20, 12, 0x100, 0x180);
        long[] entries = allocateAll(bitmap);
        assertThat(entries).doesNotContain(0L, 49151L, 65535L);
        assertThat(LongStream.of(entries).filter(e -> e >= 0x100 && e < 0x180)).isEmpty();
        assertThat(LongStream.of(entries).min().orElseThrow()).isEqualTo(1);
    }

    private long[] allocateAll(IommuTableBitmap bitmap) {
        List<Long> all = new ArrayList<>();
        partition.task(() -> {
            for (long e = bitmap.alloc(1, 0, NO_MASK, 0, 0); e >= 0; e = bitmap.alloc(1, 0, NO_MASK, 0, 0)) {
                all.add(e);
            }
        });
        return all.stream().mapToLong(Long::longValue).toArray();
    }

    @Test
    @DisplayName("iommu-table.md invariant 3: single pages of one CPU are 16 entries apart in a fresh pool")
    void sixteenApart() {
        IommuTableBitmap bitmap = bitmap(DDW_BASE, GIB, 12);
        assertThat(List.of(alloc(bitmap, 5, 1), alloc(bitmap, 5, 1), alloc(bitmap, 5, 1))).containsExactly(147456L, 147472L, 147488L);
    }

    @Test
    @DisplayName("iommu-table.md invariant 4: 16 pages prefer the large pool; a small request gets there last")
    void largePool() {
        IommuTableBitmap bitmap = bitmap(DDW_BASE, GIB, 16);
        assertThat(alloc(bitmap, 1, 16)).isEqualTo(12288);
        long[] order = allocateAll(bitmap);
        long firstInLarge = java.util.stream.IntStream.range(0, order.length).filter(i -> order[i] >= 12288).findFirst().orElseThrow();
        assertThat(firstInLarge).isEqualTo(4 * 3071L);
    }

    @Test
    @DisplayName("iommu-table.md invariant 10: in-use ignores bit 0 of a window at 0 and the reserved range")
    void inUse() {
        IommuTableBitmap bitmap = bitmap(0, GIB, 12, 0x80, 0x90);
        assertThat(bitmap.inUse()).isFalse();
        assertThat(bitmap.used()).isZero();
        long low = alloc(bitmap, 0, 1);
        assertThat(bitmap.inUse()).isTrue();
        assertThat(bitmap.used()).isEqualTo(1);
        bitmap.free(low, 1);
        long high = alloc(bitmap, 0, 16);
        assertThat(high).isGreaterThan(0x90);
        assertThat(bitmap.inUse()).isTrue();
        bitmap.free(high, 16);
        assertThat(bitmap.inUse()).isFalse();
    }

    @Test
    @DisplayName("iommu-table.md 7: a range never crosses a segment boundary, and is aligned on the relative entry")
    void boundaryAndAlignment() {
        IommuTableBitmap bitmap = bitmap(3L << 12, GIB, 12);
        long first = alloc(bitmap, 0, 10, 0, NO_MASK, 0, 16);
        assertThat((first + 3) / 16).isEqualTo((first + 3 + 9) / 16);
        long second = alloc(bitmap, 0, 10, 0, NO_MASK, 4, 0);
        assertThat(second % 16).isZero();
    }

    @Test
    @DisplayName("a window of 2^30 entries costs what is mapped in it")
    void hugeWindow() {
        IommuTableBitmap bitmap = bitmap(DDW_BASE, 1L << 46, 16);
        partition.task(() -> {
            for (int i = 0; i < 1_000; i++) {
                bitmap.free(bitmap.alloc(1, 0, NO_MASK, 0, 0), 1);
            }
        });
        assertThat(bitmap.used()).isZero();
        assertThat(bitmap.bits().chunksInUse()).isLessThanOrEqualTo(1);
        assertThat(bitmap.inUse()).isFalse();
    }

    @Test
    @DisplayName("iommu-table.md invariant 11: clearing a bit after the bitmap was freed is a use after free")
    void useAfterRelease() {
        IommuTableBitmap bitmap = bitmap(DDW_BASE, GIB, 12);
        long entry = alloc(bitmap, 0, 1);
        bitmap.release();
        bitmap.free(entry, 1);
        assertThat(partition.findings(FindingKind.USE_AFTER_FREE)).singleElement()
                .satisfies(finding -> assertThat(finding.detail()).contains("it_map"));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    @DisplayName("iommu-table.md 6 and 7: agrees with a naive model under random requests")
    void againstNaiveModel(long seed) {
        RandomStream random = new Streams(seed).stream("allocator");
        int shift = random.chance(0.5) ? 12 : 20;
        int entries = 64 + random.nextInt(4000);
        long offset = random.chance(0.3) ? 0 : random.chance(0.5) ? 1 + random.nextInt(5000) : DDW_BASE >>> shift;
        long reservedStart = random.chance(0.5) ? offset + random.nextInt(entries) : offset;
        long reservedEnd = reservedStart == offset ? offset : Math.min(offset + entries, reservedStart + random.nextInt(200));
        NaiveRangeAllocator model = new NaiveRangeAllocator(offset, entries, shift, reservedStart, reservedEnd);
        IommuTableBitmap bitmap = bitmap(offset << shift, (long) entries << shift, shift, reservedStart, reservedEnd);
        List<Step> steps = steps(random, entries, offset);
        for (Step step : steps) {
            if (step.pages > 0) {
                step.expected = model.alloc(step.cpu, step.pages, step.hint, step.mask, step.align, step.boundary);
            } else {
                free(steps, step, model::free);
            }
        }
        for (Step step : steps) {
            if (step.pages > 0) {
                long found = alloc(bitmap, step.cpu, step.pages, step.hint, step.mask, step.align, step.boundary);
                assertThat(found).as("%s", step).isEqualTo(step.expected);
            } else {
                free(steps, step, (entry, pages) -> bitmap.free(entry, pages.intValue()));
            }
        }
        long taken = 0;
        for (int i = 0; i < entries; i++) {
            assertThat(bitmap.bits().get(i)).as("entry %d", i).isEqualTo(model.used[i]);
            taken += model.used[i] ? 1 : 0;
        }
        assertThat(bitmap.bits().weight()).isEqualTo(taken);
    }

    /** An allocation, or with {@code pages} 0 the end of the allocation at {@code cpu} in the list of steps. */
    private static final class Step {
        int cpu;
        int pages;
        long hint;
        long mask = NO_MASK;
        int align;
        long boundary = 1L << 20;
        long expected = -1;

        @Override
        public String toString() {
            return "cpu " + cpu + " pages " + pages + " hint " + hint + " mask " + mask + " align " + align + " boundary " + boundary;
        }
    }

    private static List<Step> steps(RandomStream random, int entries, long offset) {
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            Step step = new Step();
            if (i > 0 && random.chance(0.4)) {
                step.cpu = random.nextInt(i);
            } else {
                step.cpu = random.nextInt(8);
                step.pages = random.chance(0.6) ? 1 : 1 + random.nextInt(40);
                step.hint = random.chance(0.2) ? random.nextInt(entries) : 0;
                step.align = random.chance(0.2) ? random.nextInt(5) : 0;
                step.boundary = random.chance(0.2) ? 64 : 1L << 20;
                step.mask = random.chance(0.15) ? offset + entries / 3 : NO_MASK;
            }
            steps.add(step);
        }
        return steps;
    }

    private interface Freeing {
        void free(long entry, Long pages);
    }

    private static void free(List<Step> steps, Step step, Freeing freeing) {
        Step victim = steps.get(step.cpu);
        if (victim.pages > 0 && victim.expected >= 0) {
            freeing.free(victim.expected, (long) victim.pages);
        }
    }
}
