package org.example.vtd;

import static io.dmalab.testkit.EmulatorAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.dma.DmaAllocator;
import io.dmalab.api.dma.DmaAllocator.Window;
import io.dmalab.api.kernel.RandomStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.example.vtd.Script.Bench;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The allocator on its own: against a set of ranges, until it is full, and across CPUs. */
class IovaDomainTest {
    private record Range(long first, int pages) {}

    private static DmaAllocator allocator(Bench bench, Window window) {
        DmaAllocator allocator = bench.components().create(DmaAllocator.class, "vtd-iova");
        allocator.init(window);
        return allocator;
    }

    private static void run(Consumer<Bench> body) {
        assertThat(Script.run(body)).hasNoFinding();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1 << 20})
    void rangesNeverOverlapAndAreWithinWhatWasAsked(long offset) {
        run(bench -> {
            Window window = new Window(offset, 4096, 12, offset + 100, offset + 120);
            DmaAllocator allocator = allocator(bench, window);
            RandomStream random = bench.kernel().random().stream("test");
            TreeMap<Long, Range> taken = new TreeMap<>();
            List<Range> live = new ArrayList<>();
            for (int i = 0; i < 20_000; i++) {
                if (!live.isEmpty() && random.chance(0.5)) {
                    Range range = live.remove(random.nextInt(live.size()));
                    taken.remove(range.first());
                    allocator.free(range.first(), range.pages());
                } else {
                    Range range = allocate(allocator, random, window);
                    if (range != null) {
                        place(taken, range);
                        live.add(range);
                    }
                }
                assertThat(allocator.used()).isEqualTo(live.stream().mapToLong(Range::pages).sum());
                assertThat(allocator.inUse()).isEqualTo(!live.isEmpty());
            }
        });
    }

    /** One random request, and what its answer must be like; null if there was no room. */
    private static Range allocate(DmaAllocator allocator, RandomStream random, Window window) {
        int pages = 1 + random.nextInt(random.chance(0.1) ? 100 : 8);
        int alignOrder = random.nextInt(4);
        long boundary = random.chance(0.3) ? 128 : 0;
        long mask = window.offset() + (random.chance(0.5) ? window.entries() - 1 : 2047);
        long first = allocator.alloc(pages, 0, mask, alignOrder, boundary);
        if (first == DmaAllocator.NONE) {
            return null;
        }
        long last = window.offset() + first + pages - 1;
        assertThat(first).isBetween(0L, window.entries() - pages);
        assertThat(last).isLessThanOrEqualTo(mask);
        assertThat(first & (1L << alignOrder) - 1).isZero();
        assertThat(last < window.reservedStart() || window.offset() + first >= window.reservedEnd()).as("reserved").isTrue();
        assertThat(window.offset() + first).as("address 0").isNotZero();
        if (boundary != 0) {
            assertThat((window.offset() + first) / boundary).isEqualTo(last / boundary);
        }
        return new Range(first, pages);
    }

    private static void place(TreeMap<Long, Range> taken, Range range) {
        var below = taken.floorEntry(range.first());
        var above = taken.ceilingEntry(range.first());
        assertThat(below == null || below.getValue().first() + below.getValue().pages() <= range.first()).as("overlaps one below").isTrue();
        assertThat(above == null || range.first() + range.pages() <= above.getKey()).as("overlaps one above").isTrue();
        taken.put(range.first(), range);
    }

    @Test
    void everyPageCanBeHadAndHadAgain() {
        run(bench -> {
            DmaAllocator allocator = allocator(bench, new Window(0, 1024, 12, 0, 0));
            for (int round = 0; round < 3; round++) {
                Set<Long> all = new HashSet<>();
                for (int i = 0; i < 1023; i++) {
                    assertThat(all.add(allocator.alloc(1, 0, -1, 0, 0))).isTrue();
                }
                assertThat(all).doesNotContain(0L, DmaAllocator.NONE);
                assertThat(allocator.alloc(1, 0, -1, 0, 0)).isEqualTo(DmaAllocator.NONE);
                all.stream().sorted().forEach(entry -> allocator.free(entry, 1));
                assertThat(allocator.inUse()).isFalse();
            }
            assertThat(allocator.alloc(512, 0, -1, 0, 0)).as("magazines give back what they have when the tree is full").isEqualTo(512);
        });
    }

    @Test
    void theFirstIsTheHighest() {
        run(bench -> {
            DmaAllocator allocator = allocator(bench, new Window(0, 1 << 20, 12, 0, 0));
            assertThat(allocator.alloc(1, 0, -1, 0, 0)).isEqualTo((1 << 20) - 1);
            assertThat(allocator.alloc(3, 0, -1, 0, 0)).as("rounded up to 4, and aligned to that").isEqualTo((1 << 20) - 8);
            assertThat(allocator.alloc(1, 0, 255, 0, 0)).isEqualTo(255);
        });
    }

    @Test
    void whatACpuFreedLastItGetsFirstAndOthersDoNot() {
        run(bench -> {
            DmaAllocator allocator = allocator(bench, new Window(0, 1 << 20, 12, 0, 0));
            long first = allocator.alloc(1, 0, -1, 0, 0);
            long second = allocator.alloc(1, 0, -1, 0, 0);
            allocator.free(first, 1);
            allocator.free(second, 1);
            long[] elsewhere = new long[1];
            bench.kernel().sched().spawn("other", 2, () -> elsewhere[0] = allocator.alloc(1, 0, -1, 0, 0));
            bench.sleepMs(1);
            assertThat(elsewhere[0]).isNotIn(first, second);
            assertThat(allocator.alloc(1, 0, -1, 0, 0)).isEqualTo(second);
            assertThat(allocator.alloc(1, 0, -1, 0, 0)).isEqualTo(first);
        });
    }

    @Test
    void fullMagazinesAreForAllCpus() {
        run(bench -> {
            DmaAllocator allocator = allocator(bench, new Window(0, 1 << 20, 12, 0, 0));
            Set<Long> freed = new HashSet<>();
            for (int i = 0; i < 3 * 127; i++) {
                freed.add(allocator.alloc(1, 0, -1, 0, 0));
            }
            freed.stream().sorted().forEach(entry -> allocator.free(entry, 1));
            long[] elsewhere = new long[1];
            bench.kernel().sched().spawn("other", 2, () -> elsewhere[0] = allocator.alloc(1, 0, -1, 0, 0));
            bench.sleepMs(1);
            assertThat(freed).as("two magazines stay, the third is in the depot").contains(elsewhere[0]);
        });
    }
}
