package io.dmalab.iommu.iova;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.dma.DmaAllocator;
import io.dmalab.api.dma.DmaAllocator.Window;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.RandomStream;
import io.dmalab.core.kernel.KernelConfig;
import io.dmalab.core.kernel.SimKernel;
import io.dmalab.core.random.Streams;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Both allocators against brute force: overlap, masks, alignment, boundaries, reserved entries, exhaustion, recovery, determinism. */
class AllocatorPropertyTest {
    private static final int OPERATIONS = 20_000;
    private static final long NO_MASK = -1L;

    private static final List<Window> WINDOWS = List.of(new Window(0, 4096, 12, 0, 0), new Window(0, 777, 12, 100, 164),
            new Window(1L << 20, 2048, 12, 0, 0), new Window(37, 1500, 12, 0, 60), new Window(1L << 47, 1024, 16, 0, 0));

    private record Held(long entry, int pages) {}

    static Stream<Arguments> allocators() {
        Function<Kernel, DmaAllocator> firstFit = FirstFit::new;
        Function<Kernel, DmaAllocator> magazine = RcacheMagazine::new;
        return WINDOWS.stream().flatMap(window -> Stream.of(Arguments.of("first-fit", firstFit, window),
                Arguments.of("rcache-magazine", magazine, window)));
    }

    @FunctionalInterface
    private interface Body {
        void run(SimKernel kernel, DmaAllocator allocator);
    }

    /** In a task; what fails in it comes out here. */
    private static long inMachine(long seed, Function<Kernel, DmaAllocator> maker, Window window, Body body) {
        try (SimKernel kernel = new SimKernel(KernelConfig.basic(seed), new Streams(seed))) {
            AssertionError[] failure = new AssertionError[1];
            kernel.sched().spawn("test", 0, () -> {
                try {
                    DmaAllocator allocator = maker.apply(kernel);
                    allocator.init(window);
                    body.run(kernel, allocator);
                } catch (AssertionError e) {
                    failure[0] = e;
                }
            });
            kernel.run();
            if (failure[0] != null) {
                throw failure[0];
            }
            return kernel.digest();
        }
    }

    @ParameterizedTest(name = "{0} over {2}")
    @MethodSource("allocators")
    @DisplayName("random requests and frees, 20 000 a window: every range keeps the rules, and none overlaps another")
    void keepsTheRules(String name, Function<Kernel, DmaAllocator> maker, Window window) {
        inMachine(11, maker, window, (kernel, allocator) -> {
            RandomStream random = new Streams(11).stream(name);
            NaiveRanges model = new NaiveRanges(window);
            List<Held> held = new ArrayList<>();
            for (int i = 0; i < OPERATIONS; i++) {
                // long stretches that fill the window, and long ones that empty it
                boolean filling = i / 500 % 3 != 2;
                if (held.isEmpty() || random.nextInt(100) < (filling ? 70 : 30)) {
                    request(random, window, model, allocator, held, name);
                } else {
                    Held one = held.remove(random.nextInt(held.size()));
                    allocator.free(one.entry(), one.pages());
                    model.free(one.entry(), one.pages());
                }
                assertThat(allocator.used()).isEqualTo(model.used());
                assertThat(allocator.inUse()).isEqualTo(model.used() > 0);
            }
        });
    }

    private static void request(RandomStream random, Window window, NaiveRanges model, DmaAllocator allocator, List<Held> held,
            String name) {
        int pages = switch (random.nextInt(10)) {
            case 0 -> 1 + random.nextInt(70);
            case 1, 2 -> 1 + random.nextInt(8);
            default -> 1;
        };
        int alignOrder = random.nextInt(4) == 0 ? random.nextInt(5) : 0;
        long boundary = random.nextInt(4) == 0 ? 128 : 0;
        long mask = random.nextInt(4) == 0 ? window.offset() + random.nextInt((int) window.entries()) : NO_MASK;
        long entry = allocator.alloc(pages, 0, mask, alignOrder, boundary);
        if (entry == DmaAllocator.NONE) {
            if (name.equals("first-fit")) {
                assertThat(model.lowest(pages, mask, alignOrder, boundary)).as("a range of %d that was not found", pages).isEqualTo(-1);
            }
            return;
        }
        assertThat(model.allows(entry, pages, mask, alignOrder, boundary))
                .as("%d pages at %d, mask %x, order %d, boundary %d", pages, entry, mask, alignOrder, boundary).isTrue();
        if (name.equals("first-fit")) {
            assertThat(entry).isEqualTo(model.lowest(pages, mask, alignOrder, boundary));
        }
        model.take(entry, pages);
        held.add(new Held(entry, pages));
    }

    @ParameterizedTest(name = "{0} over {2}")
    @MethodSource("allocators")
    void everyEntryCanBeHadOnceAndThenAgain(String name, Function<Kernel, DmaAllocator> maker, Window window) {
        inMachine(1, maker, window, (kernel, allocator) -> {
            List<Long> first = exhaust(allocator);
            assertThat(first).doesNotHaveDuplicates();
            NaiveRanges model = new NaiveRanges(window);
            first.forEach(entry -> {
                assertThat(model.allows(entry, 1, NO_MASK, 0, 0)).isTrue();
                model.take(entry, 1);
            });
            assertThat(model.lowest(1, NO_MASK, 0, 0)).as("an entry that was never handed out").isEqualTo(-1);
            first.forEach(entry -> allocator.free(entry, 1));
            assertThat(allocator.inUse()).isFalse();
            assertThat(exhaust(allocator)).hasSameSizeAs(first);
        });
    }

    @ParameterizedTest(name = "{0} over {2}")
    @MethodSource("allocators")
    @DisplayName("after exhaustion by single pages that are all freed again, the whole window serves a large request")
    void cachesDoNotKeepALargeRequestOut(String name, Function<Kernel, DmaAllocator> maker, Window window) {
        inMachine(1, maker, window, (kernel, allocator) -> {
            List<Long> all = exhaust(allocator);
            all.forEach(entry -> allocator.free(entry, 1));
            int large = 256;
            assertThat(allocator.alloc(large, 0, NO_MASK, 0, 0)).isNotEqualTo(DmaAllocator.NONE);
        });
    }

    private static List<Long> exhaust(DmaAllocator allocator) {
        List<Long> entries = new ArrayList<>();
        for (long entry = allocator.alloc(1, 0, NO_MASK, 0, 0); entry != DmaAllocator.NONE; entry = allocator.alloc(1, 0, NO_MASK, 0, 0)) {
            entries.add(entry);
        }
        return entries;
    }

    @ParameterizedTest(name = "{0} over {2}")
    @MethodSource("allocators")
    void theSameSeedGivesTheSameRanges(String name, Function<Kernel, DmaAllocator> maker, Window window) {
        assertThat(history(name, maker, window)).isEqualTo(history(name, maker, window));
    }

    private static List<Long> history(String name, Function<Kernel, DmaAllocator> maker, Window window) {
        List<Long> history = new ArrayList<>();
        inMachine(5, maker, window, (kernel, allocator) -> {
            RandomStream random = new Streams(5).stream(name);
            List<Long> held = new ArrayList<>();
            for (int i = 0; i < 3000; i++) {
                if (held.isEmpty() || random.nextInt(5) < 3) {
                    long entry = allocator.alloc(1, 0, NO_MASK, 0, 0);
                    history.add(entry);
                    if (entry != DmaAllocator.NONE) {
                        held.add(entry);
                    }
                } else {
                    allocator.free(held.remove(random.nextInt(held.size())), 1);
                }
            }
        });
        return history;
    }

    @Test
    void aReleasedAllocatorIsUsedAfterFree() {
        for (Function<Kernel, DmaAllocator> maker : List.<Function<Kernel, DmaAllocator>>of(FirstFit::new, RcacheMagazine::new)) {
            inMachine(1, maker, WINDOWS.getFirst(), (kernel, allocator) -> {
                long entry = allocator.alloc(1, 0, NO_MASK, 0, 0);
                allocator.release();
                assertThat(kernel.findingRecords()).isEmpty();
                allocator.free(entry, 1);
                assertThat(kernel.findingRecords()).singleElement().matches(f -> f.kind() == FindingKind.USE_AFTER_FREE);
            });
        }
    }
}
