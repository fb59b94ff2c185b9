package io.dmalab.iommu.iova;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.dma.DmaAllocator;
import io.dmalab.api.dma.DmaAllocator.Window;
import io.dmalab.core.kernel.KernelConfig;
import io.dmalab.core.kernel.SimKernel;
import io.dmalab.core.random.Streams;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Which range comes next: what tells drivers/iommu/iova.c from other allocators. */
class RcacheMagazineTest {
    private static final long NO_MASK = -1L;
    private static final Window WINDOW = new Window(0, 1L << 36, 12, 0, 0);
    private static final long TOP_32 = 1L << 20;

    private SimKernel kernel;

    private void run(Consumer<RcacheMagazine> body) {
        try (SimKernel machine = new SimKernel(KernelConfig.basic(1), new Streams(1))) {
            kernel = machine;
            AssertionError[] failure = new AssertionError[1];
            machine.sched().spawn("test", 0, () -> {
                try {
                    RcacheMagazine allocator = new RcacheMagazine(machine);
                    allocator.init(WINDOW);
                    body.accept(allocator);
                } catch (AssertionError e) {
                    failure[0] = e;
                }
            });
            machine.run();
            if (failure[0] != null) {
                throw failure[0];
            }
        }
    }

    private static long one(DmaAllocator allocator, long mask) {
        return allocator.alloc(1, 0, mask, 0, 0);
    }

    @Test
    void rangesComeFromTheTopOfWhatTheMaskReachesDown() {
        run(allocator -> {
            assertThat(one(allocator, TOP_32 - 1)).isEqualTo(TOP_32 - 1);
            assertThat(one(allocator, TOP_32 - 1)).isEqualTo(TOP_32 - 2);
            assertThat(one(allocator, NO_MASK)).isEqualTo(WINDOW.entries() - 1);
            assertThat(allocator.alloc(3, 0, TOP_32 - 1, 0, 0)).as("three pages take four, aligned to four").isEqualTo(TOP_32 - 8);
        });
    }

    @Test
    void whatWasFreedLastComesFirst() {
        run(allocator -> {
            long first = one(allocator, NO_MASK);
            long second = one(allocator, NO_MASK);
            allocator.free(first, 1);
            allocator.free(second, 1);
            assertThat(one(allocator, NO_MASK)).isEqualTo(second);
            assertThat(one(allocator, NO_MASK)).isEqualTo(first);
        });
    }

    @Test
    void aMagazineOfAnotherSizeIsAnother() {
        run(allocator -> {
            long two = allocator.alloc(2, 0, NO_MASK, 0, 0);
            allocator.free(two, 2);
            assertThat(one(allocator, NO_MASK)).isNotEqualTo(two);
            assertThat(allocator.alloc(2, 0, NO_MASK, 0, 0)).isEqualTo(two);
        });
    }

    @Test
    void aCachedRangeAboveTheMaskIsPassedOver() {
        run(allocator -> {
            long low = one(allocator, TOP_32 - 1);
            long high = one(allocator, NO_MASK);
            allocator.free(low, 1);
            allocator.free(high, 1);
            assertThat(one(allocator, TOP_32 - 1)).isEqualTo(low);
            assertThat(one(allocator, NO_MASK)).isEqualTo(high);
        });
    }

    @Test
    void whatOneCpuFreedTheOtherGetsOnlyThroughTheDepot() {
        run(allocator -> {
            List<Long> mine = new ArrayList<>();
            for (int i = 0; i < 3 * Magazine.SIZE; i++) {
                mine.add(one(allocator, NO_MASK));
            }
            mine.forEach(entry -> allocator.free(entry, 1));
            kernel.sched().spawn("other", 3, () -> {
                long theirs = one(allocator, NO_MASK);
                // the second magazine went to the depot when the third began
                assertThat(mine.indexOf(theirs)).isEqualTo(2 * Magazine.SIZE - 1);
            });
        });
    }

    @Test
    void aDepotOfMoreMagazinesThanCpusGoesBackToTheTree() {
        List<Long> returned = new ArrayList<>();
        run(allocator -> {
            Rcache rcache = new Rcache(kernel, returned::add);
            int inDepot = kernel.sched().cpus() + 5;
            // two magazines stay with the CPU
            for (long entry = 0; entry < (inDepot + 2L) * Magazine.SIZE + 1; entry++) {
                rcache.insert(0, entry);
            }
            assertThat(returned).isEmpty();
            kernel.sched().msleep(150);
            assertThat(returned).hasSize(Magazine.SIZE);
            kernel.sched().msleep(10_000);
        });
        assertThat(returned).hasSize(6 * Magazine.SIZE).doesNotHaveDuplicates();
    }
}
