package io.dmalab.testkit.kit;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.dma.DmaAllocator;
import io.dmalab.api.dma.DmaAllocator.Window;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.RandomStream;
import io.dmalab.api.kernel.Task;
import io.dmalab.api.observe.LifeRecord;
import io.dmalab.api.observe.Observer;
import io.dmalab.core.run.RunResult;
import io.dmalab.testkit.kit.world.Bench;
import io.dmalab.testkit.kit.world.Scene;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Compatibility kit of {@link DmaAllocator}. Ranges are drawn at random and held against a bit set; the machine is one whose IOMMU uses it.
 */
public abstract class DmaAllocatorKit extends MachineKit<DmaAllocator> {
    /** A device that reaches everything; the mask is shifted by the page shift, of which 12 is the smallest. */
    private static final long NO_MASK = -1L >>> 12;
    private static final int OPERATIONS = 2000;
    private static final Window PLAIN = new Window(1L << 20, 1024, 12, 0, 0);
    private static final List<Window> WINDOWS = List.of(PLAIN, new Window(0, 2048, 12, 0, 0), new Window(100, 777, 12, 200, 264),
            new Window(37, 1500, 12, 37, 97), new Window(1L << 47, 1024, 16, 0, 0));

    /** @param id of the allocator */
    protected DmaAllocatorKit(String id) {
        super(DmaAllocator.class, id);
    }

    @Override
    final Scene withExtension() {
        return scene().withPlatform(machine());
    }

    /** The platform whose devices' addresses the allocator hands out; the kit's own unless overridden. */
    protected String machine() {
        return "{ id: kit-platform, allocator: " + id() + " }";
    }

    @Override
    final Optional<String> place() {
        return Optional.empty();
    }

    private DmaAllocator make(Bench bench, Window window) {
        DmaAllocator allocator = bench.components().create(DmaAllocator.class, id());
        allocator.init(window);
        return allocator;
    }

    @FunctionalInterface
    private interface Body {
        void run(Bench bench, DmaAllocator allocator, Window window);
    }

    /** In a machine for each window. */
    private void everyWindow(Body body) {
        for (Window window : WINDOWS) {
            script(bench -> body.run(bench, make(bench, window), window));
        }
    }

    private static long single(DmaAllocator allocator) {
        return allocator.alloc(1, 0, NO_MASK, 0, 0);
    }

    private static List<Long> exhaust(DmaAllocator allocator, Window window) {
        List<Long> entries = new ArrayList<>();
        for (long entry = single(allocator); entry != DmaAllocator.NONE; entry = single(allocator)) {
            entries.add(entry);
            assertThat(entries).as("single entries of %s", window).hasSizeLessThanOrEqualTo((int) window.entries());
        }
        return entries;
    }

    private record Request(int pages, long mask, int alignOrder, long boundary) {
        static Request draw(RandomStream random, Window window) {
            int pages = switch (random.nextInt(10)) {
                case 0 -> 1 + random.nextInt(70);
                case 1, 2 -> 1 + random.nextInt(8);
                default -> 1;
            };
            long mask = random.nextInt(4) == 0 ? window.offset() + random.nextInt((int) window.entries()) : NO_MASK;
            return new Request(pages, mask, random.nextInt(4) == 0 ? random.nextInt(5) : 0, random.nextInt(4) == 0 ? 128 : 0);
        }
    }

    private record Held(long entry, int pages) {}

    /** Random requests and frees over every window; {@code rule} picks the faults that a check is about. */
    private void atRandom(Predicate<String> rule, boolean countToo) {
        everyWindow((bench, allocator, window) -> {
            RandomStream random = bench.kernel().random().stream("kit");
            Ranges ranges = new Ranges(window);
            List<Held> held = new ArrayList<>();
            for (int i = 0; i < OPERATIONS; i++) {
                // long stretches that fill the window, and long ones that empty it
                boolean filling = i / 250 % 3 != 2;
                if (held.isEmpty() || random.nextInt(100) < (filling ? 70 : 30)) {
                    Request ask = Request.draw(random, window);
                    long entry = allocator.alloc(ask.pages(), 0, ask.mask(), ask.alignOrder(), ask.boundary());
                    if (entry != DmaAllocator.NONE) {
                        String fault = ranges.fault(entry, ask.pages(), ask.mask(), ask.alignOrder(), ask.boundary());
                        assertThat(rule.test(fault)).as("%d entries at %d of %s: %s", ask.pages(), entry, window, fault).isFalse();
                        if (fault.isEmpty()) {
                            ranges.take(entry, ask.pages());
                            held.add(new Held(entry, ask.pages()));
                        } else {
                            // the check of that rule says so
                            allocator.free(entry, ask.pages());
                        }
                    }
                } else {
                    Held one = held.remove(random.nextInt(held.size()));
                    allocator.free(one.entry(), one.pages());
                    ranges.free(one.entry(), one.pages());
                }
                if (countToo) {
                    assertThat(allocator.used()).as("used() after %d operations on %s", i + 1, window).isEqualTo(ranges.used());
                    assertThat(allocator.inUse()).as("inUse() with %d entries out", ranges.used()).isEqualTo(ranges.used() > 0);
                }
            }
        });
    }

    // ranges

    @Check(rule = "ranges that are handed out never overlap", stated = "DmaAllocator.alloc")
    void rangesNeverOverlap() {
        atRandom(fault -> fault.startsWith("overlaps"), false);
    }

    @Check(rule = "ranges lie in the window", stated = "DmaAllocator.alloc")
    void rangesLieInTheWindow() {
        atRandom(fault -> fault.startsWith("outside"), false);
    }

    @Check(rule = "reserved entries are never handed out", stated = "DmaAllocator.Window")
    void reservedEntriesStay() {
        atRandom(fault -> fault.startsWith("reserved"), false);
    }

    @Check(rule = "no range reaches above the mask", stated = "DmaAllocator.alloc, mask")
    void masksAreKept() {
        atRandom(fault -> fault.startsWith("above"), false);
    }

    @Check(rule = "ranges are aligned as asked, relative to the window", stated = "DmaAllocator.alloc, alignOrder")
    void alignmentIsKept() {
        atRandom(fault -> fault.startsWith("not aligned"), false);
    }

    @Check(rule = "no range crosses a segment's boundary", stated = "DmaAllocator.alloc, boundary")
    void boundariesAreKept() {
        atRandom(fault -> fault.startsWith("crosses"), false);
    }

    @Check(rule = "used and inUse say what is out, after every call", stated = "DmaAllocator.used, inUse")
    void theBooksAreRight() {
        atRandom(fault -> false, true);
    }

    @Check(rule = "a hint may lie anywhere", stated = "DmaAllocator.alloc, hint")
    void hintsMayLieAnywhere() {
        everyWindow((bench, allocator, window) -> {
            Ranges ranges = new Ranges(window);
            for (long hint : List.of(0L, 1L, window.entries() / 2, window.entries() - 1, window.entries())) {
                long entry = allocator.alloc(4, hint, NO_MASK, 0, 0);
                assertThat(entry).as("4 entries of an empty %s, hint %d", window, hint).isNotEqualTo(DmaAllocator.NONE);
                assertThat(ranges.fault(entry, 4, NO_MASK, 0, 0)).isEmpty();
                ranges.take(entry, 4);
            }
        });
    }

    // exhaustion and recovery

    @Check(rule = "a fresh window is empty", stated = "DmaAllocator.init, inUse")
    void aFreshWindowIsEmpty() {
        everyWindow((bench, allocator, window) -> {
            assertThat(allocator.inUse()).isFalse();
            assertThat(allocator.used()).isZero();
        });
    }

    @Check(rule = "a window can be filled but for one entry in sixteen, and then says NONE", stated = "DmaAllocator.NONE")
    void aWindowCanBeFilled() {
        everyWindow((bench, allocator, window) -> {
            List<Long> entries = exhaust(allocator, window);
            long reserved = Math.max(0, window.reservedEnd() - window.reservedStart()) + (window.offset() == 0 ? 1 : 0);
            assertThat((long) entries.size()).as("entries handed out of %s", window)
                    .isGreaterThanOrEqualTo(window.entries() * 15 / 16 - reserved);
            assertThat(single(allocator)).isEqualTo(DmaAllocator.NONE);
        });
    }

    @Check(rule = "what has been freed can be had again", stated = "DmaAllocator.free")
    void whatIsFreedComesBack() {
        everyWindow((bench, allocator, window) -> {
            List<Long> entries = exhaust(allocator, window);
            entries.forEach(entry -> allocator.free(entry, 1));
            assertThat(exhaust(allocator, window)).as("entries the second time, of %s", window).hasSameSizeAs(entries);
        });
    }

    @Check(rule = "after exhaustion by single entries the empty window serves a large request", stated = "DmaAllocator.free")
    void cachesKeepNoLargeRequestOut() {
        script(bench -> {
            DmaAllocator allocator = make(bench, PLAIN);
            exhaust(allocator, PLAIN).forEach(entry -> allocator.free(entry, 1));
            assertThat(allocator.alloc(256, 0, NO_MASK, 0, 0)).isNotEqualTo(DmaAllocator.NONE);
        });
    }

    @Check(rule = "a request larger than the window is refused and takes nothing", stated = "DmaAllocator.NONE")
    void tooLargeIsRefused() {
        everyWindow((bench, allocator, window) -> {
            assertThat(allocator.alloc((int) window.entries() + 1, 0, NO_MASK, 0, 0)).isEqualTo(DmaAllocator.NONE);
            assertThat(allocator.used()).isZero();
        });
    }

    @Check(rule = "a mask below the window leaves nothing to hand out", stated = "DmaAllocator.alloc, mask")
    void aMaskBelowTheWindow() {
        script(bench -> assertThat(make(bench, PLAIN).alloc(1, 0, PLAIN.offset() - 1, 0, 0)).isEqualTo(DmaAllocator.NONE));
    }

    @Check(rule = "a window of 2^40 entries works as a small one", stated = "DmaAllocator.Window, entries")
    void largeWindowsWork() {
        script(bench -> {
            DmaAllocator allocator = make(bench, new Window(1L << 20, 1L << 40, 16, 0, 0));
            Set<Long> entries = new LinkedHashSet<>();
            for (int i = 0; i < 1000; i++) {
                long entry = single(allocator);
                assertThat(entry).isBetween(0L, (1L << 40) - 1);
                assertThat(entries.add(entry)).as("entry %d is new", entry).isTrue();
            }
        });
    }

    // machines and instances

    @Check(rule = "the same requests get the same ranges", stated = "docs/determinism.md")
    void theSameRequestsTheSameRanges() {
        assertThat(history()).isEqualTo(history());
    }

    private List<Long> history() {
        List<Long> history = new ArrayList<>();
        script(bench -> {
            DmaAllocator allocator = make(bench, PLAIN);
            RandomStream random = bench.kernel().random().stream("kit");
            List<Long> held = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                if (held.isEmpty() || random.nextInt(5) < 3) {
                    held.add(single(allocator));
                    history.add(held.getLast());
                } else {
                    allocator.free(held.remove(random.nextInt(held.size())), 1);
                }
            }
        });
        return history;
    }

    @Check(rule = "two windows of one machine do not meet", stated = "DmaAllocator")
    void instancesDoNotMeet() {
        script(bench -> {
            DmaAllocator full = make(bench, PLAIN);
            DmaAllocator other = make(bench, PLAIN);
            exhaust(full, PLAIN);
            assertThat(other.inUse()).isFalse();
            assertThat(single(other)).isNotEqualTo(DmaAllocator.NONE);
        });
    }

    @Check(rule = "ranges may be freed on another CPU than that of their allocation", stated = "DmaAllocator, any context")
    void rangesMayMoveBetweenCpus() {
        script(bench -> {
            DmaAllocator allocator = make(bench, PLAIN);
            Ranges ranges = new Ranges(PLAIN);
            List<Long> held = new ArrayList<>();
            for (int round = 0; round < 8; round++) {
                Task one = bench.kernel().sched().spawn("alloc", round % bench.kernel().sched().cpus(), () -> {
                    for (int i = 0; i < 100; i++) {
                        long entry = single(allocator);
                        assertThat(ranges.fault(entry, 1, NO_MASK, 0, 0)).isEmpty();
                        ranges.take(entry, 1);
                        held.add(entry);
                    }
                });
                one.join();
                bench.kernel().sched().spawn("free", (round + 1) % bench.kernel().sched().cpus(), () -> {
                    held.forEach(entry -> allocator.free(entry, 1));
                    held.forEach(entry -> ranges.free(entry, 1));
                    held.clear();
                }).join();
            }
            assertThat(allocator.used()).isZero();
        });
    }

    // contexts and memory

    @Check(rule = "it may be called in interrupt, timer and softirq context", stated = "DmaAllocator, any context")
    void worksInEveryContext() {
        RunResult result = script(bench -> {
            DmaAllocator allocator = make(bench, PLAIN);
            for (ContextKind kind : List.of(ContextKind.HARDIRQ, ContextKind.TIMER, ContextKind.SOFTIRQ)) {
                bench.inContext(kind, () -> allocator.free(single(allocator), 1));
            }
            assertThat(allocator.used()).isZero();
        });
        assertThat(result.findings()).as(result::toString).extracting(f -> f.kind()).doesNotContain(FindingKind.SLEEP_IN_ATOMIC);
    }

    @Check(rule = "locks that it takes it gives back, also when nothing fits", stated = "DmaAllocator, SpinLock")
    void locksAreBalanced() {
        script(bench -> {
            DmaAllocator allocator = make(bench, PLAIN);
            exhaust(allocator, PLAIN);
            allocator.free(0, 1);
            allocator.inUse();
            allocator.used();
            assertThat(bench.kernel().sched().inAtomic()).as("a lock is still held").isFalse();
        });
    }

    @Check(rule = "a call after release is a use after free", stated = "DmaAllocator.release")
    void callsAfterReleaseAreFound() {
        RunResult result = script(bench -> {
            DmaAllocator allocator = make(bench, PLAIN);
            long entry = single(allocator);
            allocator.release();
            allocator.free(entry, 1);
        });
        assertThat(result.found(FindingKind.USE_AFTER_FREE)).as("use after free of the freed allocator: %s", result).isTrue();
    }

    @Check(rule = "release gives back all memory that was allocated for the window", stated = "DmaAllocator.release")
    void releaseFreesTheMemory() {
        Objects objects = new Objects();
        script(withExtension().withSteps(List.of()), bench -> {
            Set<Long> before = new LinkedHashSet<>(objects.alive);
            DmaAllocator allocator = make(bench, PLAIN);
            exhaust(allocator, PLAIN).forEach(entry -> allocator.free(entry, 1));
            allocator.release();
            assertThat(objects.alive).as("kernel objects alive").containsExactlyInAnyOrderElementsOf(before);
        }, objects);
    }

    /** Objects that were allocated and not freed. */
    private static final class Objects implements Observer {
        private final Set<Long> alive = new LinkedHashSet<>();

        @Override
        public boolean wantsLives() {
            return true;
        }

        @Override
        public void life(LifeRecord change, Supplier<List<String>> stack) {
            switch (change) {
                case LifeRecord.Allocated made -> alive.add(made.address());
                case LifeRecord.Freed gone -> alive.remove(gone.address());
                default -> { }
            }
        }
    }
}
