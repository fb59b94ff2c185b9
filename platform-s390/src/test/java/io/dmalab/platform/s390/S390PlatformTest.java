package io.dmalab.platform.s390;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.Components;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.Platform.Outcome;
import io.dmalab.api.dma.DmaAllocator;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.KernelProfile;
import io.dmalab.iommu.core.IommuSettings;
import io.dmalab.platform.pci.TestMachine;
import io.dmalab.platform.pci.hotplug.PciHotplug;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both s390 backends through the DMA API, and what is left of them when the function goes. */
class S390PlatformTest {
    private static TestMachine machine(String options) {
        return new TestMachine(KernelProfile.V6_14, kernel -> {
            IommuSettings iommu = new IommuSettings();
            S390Settings settings = new S390Settings();
            Map<String, Function<String, Object>> makers = new LinkedHashMap<>();
            Components components = TestMachine.components(makers);
            makers.put("s390", id -> new S390Iommu(kernel, components, iommu));
            makers.put("s390-zpci", id -> new ZpciDma(kernel, components, settings));
            makers.put("upwards", id -> new Upwards());
            return new S390Platform(kernel, TestMachine.options(S390Options.class, options + ",allocator=upwards"), components, iommu,
                    settings, new PciHotplug(kernel));
        });
    }

    /** Hands out entry after entry and never one again. */
    private static final class Upwards implements DmaAllocator {
        private long next;
        private long used;

        @Override
        public void init(Window window) {
            next = 0;
        }

        @Override
        public long alloc(int pages, long hint, long mask, int alignOrder, long boundary) {
            next += pages;
            used += pages;
            return next - pages;
        }

        @Override
        public void free(long entry, int pages) {
            used -= pages;
        }

        @Override
        public boolean inUse() {
            return used > 0;
        }

        @Override
        public long used() {
            return used;
        }

        @Override
        public void release() {}
    }

    @ParameterizedTest
    @ValueSource(strings = {"s390", "s390-zpci"})
    void whatIsMappedIsReachedAndNothingElse(String iommu) {
        try (TestMachine machine = machine("s390,iommu=" + iommu)) {
            machine.run(device -> {
                int page = machine.kernel.pages().alloc();
                long address = machine.map(device, page);
                assertThat(address).isEqualTo(1L << 32);
                assertThat(device.backend().inUse(device)).isTrue();
                for (long offset : new long[] {0, 4095, 4096, 65535}) {
                    assertThat(device.backend().translate(device, address + offset, true))
                            .isEqualTo(machine.kernel.pages().physical(page) + offset);
                }
                assertThat(device.backend().translate(device, address + 65536, true)).isEqualTo(DmaApi.MAPPING_ERROR);
                machine.unmap(device, address);
                assertThat(device.backend().inUse(device)).isFalse();
                assertThat(device.backend().translate(device, address, true)).isEqualTo(DmaApi.MAPPING_ERROR);
                long coherent = machine.dma().allocCoherent(device, 4096);
                machine.dma().freeCoherent(device, coherent, 4096);
                assertThat(machine.ledger.verify(device)).isEmpty();
            });
            assertThat(machine.kinds()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"s390", "s390-zpci"})
    @DisplayName("a refused access puts the function into the error state: nothing gets through any more")
    void aRefusedAccessBlocksTheFunction(String iommu) {
        try (TestMachine machine = machine("s390,iommu=" + iommu)) {
            machine.run(device -> {
                long address = machine.map(device);
                assertThat(machine.dma().deviceAccess(device, address + 65536, 64, true)).isEqualTo(-1);
                assertThat(machine.dma().deviceAccess(device, address, 64, true)).isEqualTo(-1);
                machine.unmap(device, address);
            });
            assertThat(machine.kinds()).containsExactly(FindingKind.EEH_FREEZE);
        }
    }

    private static boolean late(TestMachine machine) {
        boolean[] survived = new boolean[1];
        machine.run(device -> {
            long address = machine.map(device);
            device.get();
            assertThat(machine.platform.remove(device)).isInstanceOf(Outcome.Removed.class);
            assertThat(device.backend().translate(device, address, true)).isEqualTo(DmaApi.MAPPING_ERROR);
            machine.kernel.sched().spawn("kworker/3:1", 3, () -> {
                machine.unmap(device, address);
                survived[0] = true;
            });
        });
        return survived[0];
    }

    @ParameterizedTest
    @ValueSource(strings = {"slot", "sysfs", "surprise"})
    @DisplayName("real-world-reports.md A3: bad address 0706c00180000000 in iommu_iova_to_phys, whatever blocks the device meanwhile")
    void aLateUnmapFollowsABadPointer(String removal) {
        try (TestMachine machine = machine("s390,removal=" + removal)) {
            assertThat(late(machine)).isFalse();
            assertThat(machine.kinds()).containsExactly(FindingKind.LATE_UNMAP, FindingKind.OOPS);
            assertThat(machine.details(FindingKind.OOPS)).singleElement().asString().startsWith("iommu_iova_to_phys read type ")
                    .endsWith(" at 0x706c00180000000");
            assertThat(machine.log()).contains("Failing address: 0706c00180000000 TEID: 0706c00180000803");
            assertThat(machine.log()).anyMatch(line -> line.startsWith("Krnl PSW : ") && line.contains("(iommu_iova_to_phys+0x"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"slot", "surprise"})
    @DisplayName("real-world-reports.md A3: before 6.7 nothing is said; only the debug feature knows")
    void withoutTheGenericLayerItIsRefusedQuietly(String removal) {
        try (TestMachine machine = machine("s390,iommu=s390-zpci,removal=" + removal)) {
            int[] before = new int[1];
            assertThat(late(machine)).isTrue();
            before[0] = machine.log().size();
            assertThat(before[0]).isZero();
            assertThat(machine.kinds()).containsExactly(FindingKind.LATE_UNMAP, FindingKind.WARNING);
            assertThat(machine.metric(ZpciDma.UNMAP_ERRORS)).isOne();
        }
    }

    @Test
    void removedThroughSysfsTheFunctionStaysConfiguredAndTheUnmapWorks() {
        try (TestMachine machine = machine("s390,iommu=s390-zpci,removal=sysfs")) {
            boolean[] survived = new boolean[1];
            machine.run(device -> {
                long address = machine.map(device);
                device.get();
                machine.platform.remove(device);
                machine.unmap(device, address);
                assertThat(device.backend().inUse(device)).isFalse();
                survived[0] = true;
                device.put();
            });
            assertThat(survived[0]).isTrue();
            assertThat(machine.kinds()).containsExactly(FindingKind.LATE_UNMAP);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"s390", "s390-zpci"})
    void theLastReferenceMayGoInTheRemoval(String iommu) {
        try (TestMachine machine = machine("s390,iommu=" + iommu)) {
            machine.run(device -> {
                machine.platform.remove(device);
                Device again = machine.plug("eth4", 0);
                assertThat(machine.map(again)).isEqualTo(1L << 32);
                assertThat(machine.platform.remove(device)).isInstanceOf(Outcome.Failed.class);
            });
            assertThat(machine.kinds()).isEmpty();
        }
    }

    @Test
    void aSurpriseLeavesADeviceThatAnswersNothing() {
        try (TestMachine machine = machine("s390,removal=surprise")) {
            machine.run(device -> {
                device.get();
                machine.platform.remove(device);
                assertThat(device.disconnected()).isTrue();
                assertThat(machine.dma().frozen(device)).isTrue();
                device.put();
            });
        }
    }
}
