package io.dmalab.testkit.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.dma.IommuBackend;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.core.run.RunResult;
import io.dmalab.testkit.kit.world.Bench;
import io.dmalab.testkit.kit.world.Scene;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Compatibility kit of {@link IommuBackend}. The backend is driven through the DMA API by a device that does nothing by itself. */
public abstract class IommuBackendKit extends MachineKit<IommuBackend> {
    private static final DmaDirection FROM = DmaDirection.FROM_DEVICE;
    /** Mappings after which a window counts as endless. */
    private static final int ENDLESS = 40_000;
    private static final long MASK_64 = -1L;
    private static final String IDLE = "{ id: kit-nic, ticks: 0, posted: 0 }";

    /** @param id of the backend */
    protected IommuBackendKit(String id) {
        super(IommuBackend.class, id);
    }

    /** The platform with the backend, as a scenario has it; overridden where it works on one platform alone. */
    protected String machine() {
        return "{ id: kit-platform, iommu: " + id() + " }";
    }

    /** False for a backend through which the hardware reaches all memory, mapped or not: its addresses are arithmetic. */
    protected boolean translates() {
        return true;
    }

    @Override
    final Scene withExtension() {
        return scene().withPlatform(machine());
    }

    @Override
    final Optional<String> place() {
        return Optional.empty();
    }

    /** A device whose driver is bound and maps nothing by itself. */
    private RunResult idle(Body body) {
        return script(withExtension().withDriver(IDLE).withSteps(List.of()), bench -> body.run(new Dma(bench)));
    }

    @FunctionalInterface
    private interface Body {
        void run(Dma dma);
    }

    /** The DMA API for the machine's device. */
    private static final class Dma {
        final Bench bench;
        final Kernel kernel;
        final Device device;
        final IommuBackend backend;
        final int pageSize;

        Dma(Bench bench) {
            this.bench = bench;
            this.kernel = bench.kernel();
            this.device = bench.device();
            this.backend = device.backend();
            this.pageSize = kernel.pages().pageSize();
        }

        int page() {
            int page = kernel.pages().alloc();
            assertThat(page).as("a page").isNotNegative();
            return page;
        }

        /** Maps a part of a page, which must work. */
        long map(int page, int offset, int bytes) {
            long address = kernel.dma().mapPage(device, page, offset, bytes, FROM);
            assertThat(address).as("DMA address of %d bytes at offset %d", bytes, offset).isNotEqualTo(DmaApi.MAPPING_ERROR);
            return address;
        }

        long map(int page) {
            return map(page, 0, pageSize);
        }

        void unmap(long address, int bytes) {
            kernel.dma().unmapPage(device, address, bytes, FROM);
        }

        void unmap(long address) {
            unmap(address, pageSize);
        }

        long reach(long address) {
            return backend.translate(device, address, true);
        }
    }

    // addresses

    @Check(rule = "the hardware reaches what is mapped, from the first byte to the last", stated = "IommuBackend.translate")
    void whatIsMappedIsReached() {
        idle(dma -> {
            int page = dma.page();
            long address = dma.map(page);
            long physical = dma.kernel.pages().physical(page);
            assertThat(dma.reach(address)).isEqualTo(physical);
            assertThat(dma.reach(address + dma.pageSize - 1)).isEqualTo(physical + dma.pageSize - 1);
            dma.unmap(address);
        });
    }

    @Check(rule = "after the unmap the hardware faults", stated = "IommuBackend.unmap, translate")
    void whatIsUnmappedFaults() {
        assumeTrue(translates(), "its hardware reaches all memory");
        idle(dma -> {
            long address = dma.map(dma.page());
            dma.unmap(address);
            assertThat(dma.reach(address)).isEqualTo(DmaApi.MAPPING_ERROR);
        });
    }

    @Check(rule = "a part of a page is mapped with its offset", stated = "IommuBackend.map")
    void offsetsAreKept() {
        idle(dma -> {
            int page = dma.page();
            for (int offset : List.of(1, 64, 100, 4095)) {
                long address = dma.map(page, offset, 1);
                assertThat(dma.reach(address)).as("what offset %d reaches", offset).isEqualTo(dma.kernel.pages().physical(page) + offset);
                dma.unmap(address, 1);
            }
        });
    }

    @Check(rule = "live mappings do not overlap", stated = "IommuBackend.map")
    void mappingsDoNotOverlap() {
        idle(dma -> {
            TreeMap<Long, Integer> live = new TreeMap<>(Long::compareUnsigned);
            for (int i = 0; i < 500; i++) {
                int bytes = i % 3 == 0 ? dma.pageSize : 1 + i * 37 % dma.pageSize;
                long address = dma.map(dma.page(), 0, bytes);
                Long before = live.floorKey(address);
                Long after = live.higherKey(address);
                assertThat(before == null || address - before >= live.get(before)).as("0x%x overlaps 0x%x", address, before).isTrue();
                assertThat(after == null || after - address >= bytes).as("0x%x overlaps 0x%x", address, after).isTrue();
                live.put(address, bytes);
            }
            live.forEach(dma::unmap);
        });
    }

    @Check(rule = "a page that is mapped twice has two mappings, each with a life of its own", stated = "IommuBackend.map")
    void twoMappingsOfOnePage() {
        assumeTrue(translates(), "its addresses are arithmetic");
        idle(dma -> {
            int page = dma.page();
            long first = dma.map(page);
            long second = dma.map(page);
            assertThat(first).isNotEqualTo(second);
            dma.unmap(first);
            assertThat(dma.reach(second)).as("what the second reaches once the first has ended")
                    .isEqualTo(dma.kernel.pages().physical(page));
            dma.unmap(second);
        });
    }

    @Check(rule = "a mapping fits the device's mask", stated = "Device.dmaMask, IommuBackend.dmaSupported")
    void masksAreKept() {
        idle(dma -> {
            for (long mask : List.of(MASK_64, 0xffff_ffffL)) {
                if (dma.kernel.dma().setMask(dma.device, mask)) {
                    long address = dma.map(dma.page());
                    assertThat(Long.compareUnsigned(address + dma.pageSize - 1, mask)).as("0x%x against mask 0x%x", address, mask)
                            .isNotPositive();
                    dma.unmap(address);
                }
            }
        });
    }

    @Check(rule = "a mask of 64 bits is accepted", stated = "IommuBackend.dmaSupported")
    void the64BitMaskIsAccepted() {
        idle(dma -> assertThat(dma.backend.dmaSupported(dma.device, MASK_64)).isTrue());
    }

    @Check(rule = "every direction can be mapped", stated = "IommuBackend.map, direction")
    void everyDirectionWorks() {
        idle(dma -> {
            for (DmaDirection direction : List.of(DmaDirection.TO_DEVICE, DmaDirection.FROM_DEVICE, DmaDirection.BIDIRECTIONAL)) {
                int page = dma.page();
                long address = dma.kernel.dma().mapPage(dma.device, page, 0, dma.pageSize, direction);
                assertThat(dma.backend.translate(dma.device, address, direction != DmaDirection.TO_DEVICE)).as("%s", direction)
                        .isEqualTo(dma.kernel.pages().physical(page));
                dma.kernel.dma().unmapPage(dma.device, address, dma.pageSize, direction);
            }
        });
    }

    @Check(rule = "looking at a translation changes nothing", stated = "IommuBackend.translate, no side effect")
    void lookingChangesNothing() {
        idle(dma -> {
            long address = dma.map(dma.page());
            assertThat(List.of(dma.reach(address), dma.reach(address))).containsOnly(dma.reach(address));
            dma.unmap(address);
            boolean before = dma.backend.inUse(dma.device);
            dma.reach(address);
            assertThat(dma.backend.inUse(dma.device)).isEqualTo(before);
        });
    }

    // books

    @Check(rule = "it is in use as long as something is mapped", stated = "IommuBackend.inUse")
    void inUseWhileMapped() {
        idle(dma -> {
            assumeTrue(!dma.device.dmaBypass(), "streaming mappings go past it");
            List<Long> live = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                live.add(dma.map(dma.page()));
                assertThat(dma.backend.inUse(dma.device)).as("in use with %d mappings", live.size()).isTrue();
            }
            while (!live.isEmpty()) {
                assertThat(dma.backend.inUse(dma.device)).as("in use with %d mappings", live.size()).isTrue();
                dma.unmap(live.removeLast());
            }
            assertThat(dma.backend.inUse(dma.device)).as("in use with nothing mapped").isFalse();
        });
    }

    @Check(rule = "it is not in use before anything is mapped", stated = "IommuBackend.inUse")
    void notInUseAtFirst() {
        idle(dma -> assertThat(dma.backend.inUse(dma.device)).isFalse());
    }

    @Check(rule = "a full window gives MAPPING_ERROR, and works again when it is empty", stated = "IommuBackend.map, MAPPING_ERROR")
    void exhaustionAndRecovery() {
        assumeTrue(translates(), "its addresses are arithmetic");
        idle(dma -> {
            int page = dma.page();
            List<Long> live = new ArrayList<>();
            long address = 0;
            while (address != DmaApi.MAPPING_ERROR && live.size() < ENDLESS) {
                address = dma.kernel.dma().mapPage(dma.device, page, 0, dma.pageSize, FROM);
                if (address != DmaApi.MAPPING_ERROR) {
                    live.add(address);
                }
            }
            live.forEach(dma::unmap);
            assertThat(dma.backend.inUse(dma.device)).isFalse();
            dma.bench.sleep(2000);
            dma.unmap(dma.map(page));
        });
    }

    @Check(rule = "addresses are used again: mapping and unmapping can go on for ever", stated = "IommuBackend.unmap")
    void addressesAreUsedAgain() {
        idle(dma -> {
            int page = dma.page();
            for (int i = 0; i < ENDLESS; i++) {
                dma.unmap(dma.map(page));
                if (i % 1000 == 0) {
                    dma.bench.sleep(1);
                }
            }
        });
    }

    // coherent memory

    @Check(rule = "coherent memory is mapped contiguously, and the hardware reaches all of it", stated = "IommuBackend.mapCoherent")
    void coherentMemoryIsContiguous() {
        idle(dma -> {
            for (long bytes : List.of(1L, 4096L, (long) dma.pageSize, 5L * dma.pageSize)) {
                long address = dma.kernel.dma().allocCoherent(dma.device, bytes);
                assertThat(address).as("%d bytes", bytes).isNotEqualTo(DmaApi.MAPPING_ERROR);
                long start = dma.reach(address);
                assertThat(start).isNotEqualTo(DmaApi.MAPPING_ERROR);
                assertThat(dma.reach(address + bytes - 1)).as("last of %d bytes", bytes).isEqualTo(start + bytes - 1);
                dma.kernel.dma().freeCoherent(dma.device, address, bytes);
            }
        });
    }

    @Check(rule = "coherent memory that is freed leaves nothing mapped", stated = "IommuBackend.unmapCoherent")
    void coherentMemoryLeavesNothing() {
        idle(dma -> {
            long address = dma.kernel.dma().allocCoherent(dma.device, 3L * dma.pageSize);
            dma.kernel.dma().freeCoherent(dma.device, address, 3L * dma.pageSize);
            assertThat(dma.backend.inUse(dma.device)).isFalse();
            assertThat(translates() && !dma.device.dmaBypass() ? dma.reach(address) : DmaApi.MAPPING_ERROR).isEqualTo(DmaApi.MAPPING_ERROR);
        });
    }

    // contexts

    @Check(rule = "mapping and unmapping work in interrupt, timer and softirq context", stated = "IommuBackend.map, unmap")
    void worksInEveryContext() {
        RunResult result = idle(dma -> {
            int page = dma.page();
            for (ContextKind kind : List.of(ContextKind.HARDIRQ, ContextKind.TIMER, ContextKind.SOFTIRQ)) {
                dma.bench.inContext(kind, () -> dma.unmap(dma.map(page)));
            }
        });
        assertThat(result.findings()).as(result::toString).isEmpty();
    }

    @Check(rule = "locks that it takes it gives back", stated = "SpinLock")
    void locksAreBalanced() {
        idle(dma -> {
            long address = dma.map(dma.page());
            dma.reach(address);
            dma.backend.inUse(dma.device);
            dma.unmap(address);
            assertThat(dma.kernel.sched().inAtomic()).as("a lock is still held").isFalse();
        });
    }

    @Check(rule = "mapping on one CPU and unmapping on another works", stated = "IommuBackend, any context")
    void mappingsMoveBetweenCpus() {
        RunResult result = idle(dma -> {
            int page = dma.page();
            List<Long> live = new ArrayList<>();
            for (int round = 0; round < 8; round++) {
                int cpu = round % dma.kernel.sched().cpus();
                dma.kernel.sched().spawn("map", cpu, () -> live.add(dma.map(page))).join();
                dma.kernel.sched().spawn("unmap", (cpu + 1) % dma.kernel.sched().cpus(), () -> dma.unmap(live.removeLast())).join();
            }
        });
        assertThat(result.findings()).as(result::toString).isEmpty();
    }

    // the end

    @Check(rule = "a removal with nothing mapped finds nothing", stated = "IommuBackend")
    void aCleanRemoval() {
        RunResult result = idle(dma -> {
            dma.unmap(dma.map(dma.page()));
            dma.bench.remove(dma.device);
        });
        assertThat(result.findings()).as(result::toString).isEmpty();
    }

    @Check(rule = "an unmap after the removal does what the real one does, and does not fail otherwise", stated = "IommuBackend.unmap")
    void lateUnmapsDoNotFail() {
        Scene scene = withExtension().withDriver(IDLE).withSteps(List.of());
        RunResult result = script(scene, bench -> {
            Dma dma = new Dma(bench);
            long address = dma.map(dma.page());
            bench.remove(dma.device);
            bench.kernel().sched().spawn("late", 0, () -> dma.unmap(address)).join();
        });
        assertThat(result.found(FindingKind.LATE_UNMAP)).as(result::toString).isTrue();
    }

    @Check(rule = "after the removal the hardware reaches nothing or faults, and asking does not fail", stated = "IommuBackend.translate")
    void theHardwareCanBeAskedAfterwards() {
        script(withExtension().withDriver(IDLE).withSteps(List.of()), bench -> {
            Dma dma = new Dma(bench);
            long address = dma.map(dma.page());
            bench.remove(dma.device);
            long reached = dma.reach(address);
            assertThat(!translates() || reached == DmaApi.MAPPING_ERROR).as("the device reaches 0x%x although it is gone", reached)
                    .isTrue();
        });
    }

    @Check(rule = "a device in the same slot starts afresh", stated = "IommuBackend.attach")
    void aNewDeviceStartsAfresh() {
        Scene scene = withExtension().withDriver(IDLE).withSteps(List.of("{ at: 5s, do: remove }", "{ at: 10s, do: plug }"));
        RunResult result = script(scene, bench -> {
            Device old = bench.device();
            bench.sleep(15_000);
            Dma dma = new Dma(bench);
            assertThat(dma.device).isNotSameAs(old);
            assertThat(dma.backend.inUse(dma.device)).isFalse();
            dma.unmap(dma.map(dma.page()));
        });
        assertThat(result.findings()).as(result::toString).isEmpty();
    }
}
