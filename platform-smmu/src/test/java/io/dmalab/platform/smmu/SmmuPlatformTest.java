package io.dmalab.platform.smmu;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.Components;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.Platform.Outcome;
import io.dmalab.api.dma.DmaAllocator;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.KernelProfile;
import io.dmalab.iommu.core.GenericIommu;
import io.dmalab.iommu.core.IommuSettings;
import io.dmalab.platform.pci.TestMachine;
import io.dmalab.platform.pci.hotplug.PciHotplug;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The SMMUv3 backend through the DMA API, and what is left of it when its device goes. */
class SmmuPlatformTest {
    private static final long PAGE = 65536;

    private static TestMachine machine(String options) {
        return machine(options, KernelProfile.V6_14);
    }

    private static TestMachine machine(String options, KernelProfile profile) {
        return new TestMachine(profile, kernel -> {
            IommuSettings settings = new IommuSettings();
            Map<String, Function<String, Object>> makers = new LinkedHashMap<>();
            Components components = TestMachine.components(makers);
            makers.put("smmu-v3", id -> new ArmSmmuV3(kernel, components, settings));
            makers.put("bottom-up", id -> new BottomUp());
            return new SmmuPlatform(kernel, TestMachine.options(SmmuOptions.class, options + ",allocator=bottom-up"), components, settings,
                    new PciHotplug(kernel));
        });
    }

    /** An allocator that hands out entry after entry, and the freed ones again: what it does is easy to tell. */
    private static final class BottomUp implements DmaAllocator {
        private final List<Long> free = new ArrayList<>();
        private long next = 1;
        private long entries;

        @Override
        public void init(Window window) {
            entries = window.entries();
        }

        @Override
        public long alloc(int pages, long hint, long mask, int alignOrder, long boundary) {
            if (pages == 1 && !free.isEmpty()) {
                return free.removeFirst();
            }
            if (next + pages > Math.min(entries, mask + 1)) {
                return NONE;
            }
            next += pages;
            return next - pages;
        }

        @Override
        public void free(long entry, int pages) {
            free.add(entry);
        }

        @Override
        public boolean inUse() {
            return false;
        }

        @Override
        public long used() {
            return 0;
        }

        @Override
        public void release() {}
    }

    @Test
    void whatIsMappedIsReachedAndNothingElse() {
        try (TestMachine machine = machine("smmu,flush-queue=strict")) {
            machine.run(device -> {
                int page = machine.kernel.pages().alloc();
                long iova = machine.map(device, page);
                assertThat(iova).isEqualTo(PAGE);
                assertThat(device.backend().inUse(device)).isTrue();
                assertThat(device.backend().translate(device, iova + 5, true)).isEqualTo(machine.kernel.pages().physical(page) + 5);
                assertThat(device.backend().translate(device, iova + PAGE, true)).isEqualTo(DmaApi.MAPPING_ERROR);
                machine.unmap(device, iova);
                assertThat(device.backend().inUse(device)).isFalse();
                assertThat(device.backend().translate(device, iova, true)).isEqualTo(DmaApi.MAPPING_ERROR);
                assertThat(machine.map(device, page)).as("strict: free at once").isEqualTo(iova);
                assertThat(machine.ledger.verify(device)).isEmpty();
            });
            assertThat(machine.kinds()).isEmpty();
        }
    }

    @Test
    @DisplayName("a refused access is lost and recorded, and the device goes on: EEH is POWER's")
    void aRefusedAccessIsAFault() {
        try (TestMachine machine = machine("smmu,flush-queue=strict")) {
            machine.run(device -> {
                int page = machine.kernel.pages().alloc();
                long iova = machine.map(device, page);
                assertThat(machine.dma().deviceAccess(device, iova + PAGE, 64, true)).isEqualTo(-1);
                assertThat(machine.dma().deviceAccess(device, iova, 64, true)).isEqualTo(machine.kernel.pages().physical(page));
                machine.unmap(device, iova);
            });
            assertThat(machine.kinds()).containsExactly(FindingKind.DMA_FAULT);
        }
    }

    @Test
    void aMappingKeepsItsOffsetAndSpansPages() {
        try (TestMachine machine = machine("smmu")) {
            machine.run(device -> {
                int page = machine.kernel.pages().alloc();
                long iova = machine.dma().mapPage(device, page, 65000, 1000, DmaDirection.TO_DEVICE);
                assertThat(iova % PAGE).isEqualTo(65000);
                assertThat(device.backend().translate(device, iova + 999, false)).isEqualTo(machine.kernel.pages().physical(page) + 65999);
                machine.dma().unmapPage(device, iova, 1000, DmaDirection.TO_DEVICE);
                long coherent = machine.dma().allocCoherent(device, 3 * PAGE);
                assertThat(device.backend().translate(device, coherent + 2 * PAGE, true)).isNotEqualTo(DmaApi.MAPPING_ERROR);
                machine.dma().freeCoherent(device, coherent, 3 * PAGE);
                assertThat(device.backend().inUse(device)).isFalse();
            });
            assertThat(machine.kinds()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"per-cpu", "single"})
    @DisplayName("free-policies.md P19: an IOVA waits in the flush queue; 10 ms with a queue for each CPU, a second with one for all")
    void anIovaIsFreeOnlyAfterTheFlush(String queue) {
        long timeoutMs = queue.equals("single") ? 1000 : 10;
        try (TestMachine machine = machine("smmu,flush-queue=" + queue)) {
            machine.run(device -> {
                long iova = machine.map(device);
                machine.unmap(device, iova);
                assertThat(device.backend().translate(device, iova, true)).isEqualTo(DmaApi.MAPPING_ERROR);
                assertThat(machine.map(device)).isNotEqualTo(iova);
                machine.kernel.sched().sleepNanos((timeoutMs - 5) * 1_000_000);
                assertThat(machine.map(device)).isNotEqualTo(iova);
                machine.kernel.sched().sleepNanos(10 * 1_000_000);
                assertThat(machine.map(device)).isEqualTo(iova);
            });
        }
    }

    @Test
    @DisplayName("free-policies.md P19: a full queue of 256 entries is flushed at once")
    void aFullQueueIsFlushed() {
        try (TestMachine machine = machine("smmu")) {
            machine.run(device -> {
                List<Long> iovas = new ArrayList<>();
                for (int i = 0; i < 256; i++) {
                    iovas.add(machine.map(device));
                }
                iovas.subList(0, 255).forEach(iova -> machine.unmap(device, iova));
                assertThat(machine.map(device)).as("255 wait").isNotEqualTo(iovas.getFirst());
                machine.unmap(device, iovas.getLast());
                assertThat(machine.map(device)).isEqualTo(iovas.getFirst());
            });
        }
    }

    /** Maps, removes, unmaps late in a task of its own. */
    private static void late(TestMachine machine, Device device, boolean[] survived) {
        long iova = machine.map(device);
        device.get();
        assertThat(machine.platform.remove(device)).isInstanceOf(Outcome.Removed.class);
        machine.kernel.sched().spawn("kworker/3:1", 3, () -> {
            machine.unmap(device, iova);
            survived[0] = true;
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"sysfs", "slot", "sriov", "surprise"})
    @DisplayName("real-world-reports.md A2: NULL + 0xa8 in iommu_get_dma_domain, and the task is dead")
    void aLateUnmapIsANullDereference(String removal) {
        try (TestMachine machine = machine("smmu,removal=" + removal)) {
            boolean[] survived = new boolean[1];
            machine.run(device -> late(machine, device, survived));
            assertThat(survived[0]).isFalse();
            assertThat(machine.kinds()).containsExactly(FindingKind.LATE_UNMAP, FindingKind.OOPS);
            assertThat(machine.details(FindingKind.OOPS))
                    .containsExactly("iommu_get_dma_domain read default_domain of a NULL iommu_group, at 0xa8");
            assertThat(machine.log()).contains("pci 0000:7d:01.0: Removing from iommu group 0",
                    "Unable to handle kernel NULL pointer dereference at virtual address 00000000000000a8", "  ESR = 0x0000000096000004",
                    "Call trace:");
            assertThat(machine.log()).anyMatch(line -> line.startsWith("pc : iommu_get_dma_domain+0x"));
            assertThat(machine.metric(GenericIommu.DROPPED_MAPPINGS)).isOne();
        }
    }

    @Test
    @DisplayName("KernelProfile.unbindClearsDmaOps; real-world-reports.md A2: until 6.9 unbinding cleared the DMA ops, and the late unmap "
            + "did nothing")
    void untilSixNineItIsSilent() {
        try (TestMachine machine = machine("smmu", KernelProfile.V6_4)) {
            boolean[] survived = new boolean[1];
            machine.run(device -> late(machine, device, survived));
            assertThat(survived[0]).isTrue();
            assertThat(machine.kinds()).containsExactly(FindingKind.LATE_UNMAP);
            assertThat(machine.metric(GenericIommu.DIRECT_UNMAPS)).isOne();
        }
    }

    @Test
    void unboundIsNotRemovedTheGroupIsThereAndTheUnmapWorks() {
        try (TestMachine machine = machine("smmu,removal=unbind,flush-queue=strict")) {
            boolean[] survived = new boolean[1];
            machine.run(device -> late(machine, device, survived));
            assertThat(survived[0]).isTrue();
            assertThat(machine.kinds()).containsExactly(FindingKind.LATE_UNMAP);
            assertThat(machine.metric(GenericIommu.DROPPED_MAPPINGS)).isZero();
        }
    }

    @Test
    @DisplayName("real-world-reports.md A4: no oops with iommu=pt")
    void passthroughHidesIt() {
        try (TestMachine machine = machine("smmu,passthrough=on")) {
            boolean[] survived = new boolean[1];
            machine.run(device -> {
                assertThat(device.dmaBypass()).isTrue();
                long address = machine.map(device);
                assertThat(machine.write(device, address)).isEqualTo(address);
                machine.unmap(device, address);
                late(machine, device, survived);
            });
            assertThat(survived[0]).isTrue();
            assertThat(machine.kinds()).containsExactly(FindingKind.LATE_UNMAP);
        }
    }

    @Test
    void aRemovedDeviceIsBlocked() {
        try (TestMachine machine = machine("smmu")) {
            machine.run(device -> {
                long iova = machine.map(device);
                device.get();
                machine.platform.remove(device);
                assertThat(device.backend().translate(device, iova, true)).isEqualTo(DmaApi.MAPPING_ERROR);
                assertThat(device.backend().inUse(device)).isFalse();
                device.put();
            });
        }
    }

    @Test
    void unmappingTwiceIsAWarning() {
        try (TestMachine machine = machine("smmu")) {
            machine.run(device -> {
                long iova = machine.map(device);
                machine.unmap(device, iova);
                machine.unmap(device, iova);
            });
            assertThat(machine.kinds()).containsExactly(FindingKind.DOUBLE_UNMAP, FindingKind.WARNING);
            assertThat(machine.log()).anyMatch(line -> line.startsWith("WARNING: CPU: 0 ") && line.contains(" at iommu_dma_unmap_page+0x"));
        }
    }

    @Test
    void aDeviceThatComesBackHasANewGroup() {
        try (TestMachine machine = machine("smmu")) {
            machine.run(device -> {
                machine.map(device);
                machine.platform.remove(device);
                Device again = machine.plug("eth4", 0);
                machine.unmap(again, machine.map(again));
            });
            assertThat(machine.log()).contains("pci 0000:7d:01.0: Adding to iommu group 0", "pci 0000:7d:01.0: Adding to iommu group 1");
            assertThat(machine.kinds()).isEmpty();
        }
    }

    @Test
    void twoRunsAreEqual() {
        assertThat(digest()).isEqualTo(digest());
    }

    private static long digest() {
        try (TestMachine machine = machine("smmu")) {
            machine.run(device -> late(machine, device, new boolean[1]));
            return machine.kernel.digest();
        }
    }
}
