package io.dmalab.platform.pseries.iommu;

import io.dmalab.api.kernel.RandomStream;
import io.dmalab.core.kernel.KernelConfig;
import io.dmalab.core.random.Streams;
import io.dmalab.platform.pseries.TestPartition;
import io.dmalab.platform.pseries.iommu.RangeAllocatorRun.Shape;
import io.dmalab.platform.pseries.iommu.RangeAllocatorRun.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** More than a million random operations on 600 tables; every answer, hint and bit is compared. */
class RangeAllocatorPropertyTest {
    private static final int TABLES = 60;
    private static final int STEPS = 2_300;
    private static final int CPUS = 32;
    private static final long DDW_BASE = 1L << 59;
    /** The 32-bit MMIO resource of a bridge, which kernels before 6.12.13 passed in bytes. */
    private static final long MMIO_START = 0x80000000L;
    private static final long MMIO_END = 0xC0000000L;

    private final TestPartition partition = TestPartition.builder().quiet()
            .config(c -> new KernelConfig(c.profile(), c.hz(), c.exactTimers(), c.pageSize(), CPUS, c.seed(), c.ramBytes(), c.kasan(),
                    c.reuseAfter(), c.hardwareName(), Long.MAX_VALUE, Long.MAX_VALUE, c.observers()))
            .build();

    @AfterEach
    void close() {
        partition.close();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    @DisplayName("iommu-table.md 4, 6, 7, 13: 10^6 operations agree with a model that follows the sheet step by step")
    void agreesWithTheModel(long seed) {
        Streams streams = new Streams(seed);
        for (int table = 0; table < TABLES; table++) {
            RandomStream random = streams.stream("table " + table);
            Shape shape = shape(random);
            List<Step> steps = steps(random, shape);
            if (RangeAllocatorRun.difference(partition, shape, steps).isEmpty()) {
                continue;
            }
            List<Step> smallest = RangeAllocatorRun.smallest(partition, shape, steps);
            Assertions.fail("seed " + seed + ", table " + table + ", " + shape + "\n"
                    + smallest.stream().map(Step::toString).collect(Collectors.joining("\n")) + "\n"
                    + RangeAllocatorRun.difference(partition, shape, smallest));
        }
    }

    private static Shape shape(RandomStream random) {
        int shift = List.of(12, 16, 21).get(random.nextInt(3));
        // half of them below 1 GiB: one pool; tables of 4 pools are small only with large pages
        long split = (1L << 30) >> shift;
        int entries = switch (random.nextInt(4)) {
            case 0 -> 2 + random.nextInt(80);
            case 1 -> (int) Math.min(split - 1, 64 + random.nextInt(4000));
            default -> shift == 12 ? 100 + random.nextInt(3000) : (int) split + random.nextInt(shift == 16 ? 200 : 1500);
        };
        long offset = switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> 1 + random.nextInt(5000);
            case 2 -> MMIO_START >>> shift;
            default -> DDW_BASE >>> shift;
        };
        return switch (random.nextInt(6)) {
            case 0 -> new Shape(shift, offset, entries, MMIO_START, MMIO_END);
            case 1 -> new Shape(shift, offset, entries, MMIO_START >>> shift, MMIO_END >>> shift);
            case 2 -> new Shape(shift, offset, entries, Math.max(0, offset - 10), offset + 1 + random.nextInt(entries));
            case 3 -> new Shape(shift, offset, entries, offset + entries - 1 - random.nextInt(entries), offset + entries + 10);
            case 4 -> {
                long start = offset + random.nextInt(entries);
                yield new Shape(shift, offset, entries, start, start + random.nextInt(200));
            }
            default -> new Shape(shift, offset, entries, 0, 0);
        };
    }

    private static List<Step> steps(RandomStream random, Shape shape) {
        List<Step> steps = new ArrayList<>();
        // some tables run full, others stay nearly empty
        double freeing = random.uniform(0.3, 0.55);
        double handles = random.chance(0.3) ? 0.5 : 0.05;
        double masks = random.chance(0.3) ? 0.3 : 0.02;
        int cpu = 0;
        for (int i = 0; i < STEPS; i++) {
            cpu = random.chance(0.2) ? random.nextInt(CPUS) : cpu;
            if (i > 0 && random.chance(freeing)) {
                steps.add(free(random, shape, i, cpu));
                continue;
            }
            int pages = random.chance(0.6) ? 1 : random.chance(0.7) ? 1 + random.nextInt(20) : 1 + random.nextInt(100);
            long handle = !random.chance(handles) ? 0 : random.chance(0.7) ? RangeAllocatorRun.LAST_END : random.nextInt(shape.entries());
            long mask = random.chance(masks) ? mask(random, shape) : -1L >>> shape.shift();
            int align = random.chance(0.2) ? random.nextInt(7) : 0;
            // a run longer than the boundary would make the kernel search for ever
            long narrow = random.chance(0.2) ? Math.max(16L << random.nextInt(6), Long.highestOneBit(pages) * 2L) : 0;
            long boundary = narrow > 0 ? narrow : random.chance(0.5) ? 0 : (1L << 32) >>> shape.shift();
            steps.add(new Step(i, true, cpu, pages, handle, mask, align, boundary, -1));
        }
        return steps;
    }

    /** Mostly what an earlier step got, even if it is free by now; sometimes any range, over pools and reserved entries alike. */
    private static Step free(RandomStream random, Shape shape, int id, int cpu) {
        if (random.chance(0.97)) {
            int back = 1 + random.nextInt(Math.min(id, random.chance(0.5) ? 40 : STEPS));
            return new Step(id, false, cpu, 0, 0, 0, 0, 0, id - back);
        }
        int from = random.nextInt(shape.entries());
        int pages = 1 + random.nextInt(Math.min(300, shape.entries() - from));
        return new Step(id, false, cpu, pages, from, 0, 0, 0, -1);
    }

    /** Of all ones, as a device's, or one that ends anywhere inside the table. */
    private static long mask(RandomStream random, Shape shape) {
        long last = shape.offset() + random.nextInt(shape.entries());
        return random.chance(0.5) ? last : Math.max(shape.offset(), Long.highestOneBit(Math.max(1, last)) - 1);
    }
}
