package io.dmalab.platform.pci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmalab.api.device.Device;
import io.dmalab.api.device.HotplugEvent;
import io.dmalab.api.device.HotplugNotifier;
import io.dmalab.api.device.Platform.Outcome;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.KernelProfile;
import io.dmalab.platform.pci.direct.DirectSettings;
import io.dmalab.platform.pci.direct.DmaDirect;
import io.dmalab.platform.pci.direct.Swiotlb;
import io.dmalab.platform.pci.hotplug.PciHotplug;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The platform without an IOMMU: its slots, dma-direct, bounce buffers. */
class PciPlatformTest {
    private static final long GIB = 1L << 30;

    private static TestMachine machine(String options) {
        return new TestMachine(KernelProfile.V6_14, kernel -> {
            DirectSettings settings = new DirectSettings();
            Swiotlb swiotlb = new Swiotlb(kernel);
            return new PciPlatform(kernel, TestMachine.options(PciOptions.class, options),
                    TestMachine.components(Map.of("dma-direct", id -> new DmaDirect(kernel, settings, swiotlb))), settings,
                    new PciHotplug(kernel), swiotlb);
        });
    }

    @Test
    void aDmaAddressIsThePhysicalOneAndTheDeviceReachesIt() {
        try (TestMachine machine = machine("pci")) {
            machine.run(device -> {
                int page = machine.kernel.pages().alloc();
                long address = machine.map(device, page);
                assertThat(address).isEqualTo(machine.kernel.pages().physical(page));
                assertThat(device.backend().inUse(device)).isTrue();
                assertThat(machine.write(device, address)).isEqualTo(address);
                machine.unmap(device, address);
                assertThat(device.backend().inUse(device)).isFalse();
            });
            assertThat(machine.kinds()).isEmpty();
        }
    }

    @Test
    @DisplayName("free-policies.md, background rules: without an offset a late unmap does no harm, and only we see it")
    void lateUnmapIsSilent() {
        try (TestMachine machine = machine("pci")) {
            machine.run(device -> {
                long address = machine.map(device);
                device.get();
                machine.platform.remove(device);
                machine.unmap(device, address);
                device.put();
            });
            assertThat(machine.kinds()).containsExactly(FindingKind.LATE_UNMAP);
            assertThat(machine.metric(DmaDirect.WRONG_PHYSICAL)).isZero();
        }
    }

    @Test
    @DisplayName("free-policies.md, background rules: after unbind the range map is NULL, and a wrong physical address is computed")
    void unbindingClearsTheRangeMap() {
        try (TestMachine machine = machine("pci,dma-offset=2GiB,swiotlb-at=3GiB")) {
            machine.run(device -> {
                int page = machine.kernel.pages().alloc();
                long early = machine.map(device, page);
                assertThat(early).isEqualTo(machine.kernel.pages().physical(page) + 2 * GIB);
                assertThat(machine.write(device, early)).isEqualTo(machine.kernel.pages().physical(page));
                machine.unmap(device, early);
                assertThat(machine.metric(DmaDirect.WRONG_PHYSICAL)).isZero();
                long late = machine.map(device, page);
                device.get();
                machine.platform.remove(device);
                machine.unmap(device, late);
                device.put();
            });
            assertThat(machine.metric(DmaDirect.WRONG_PHYSICAL)).isOne();
            assertThat(machine.kinds()).containsExactly(FindingKind.LATE_UNMAP);
        }
    }

    @Test
    @DisplayName("mlx-driver.md 7: binding again brings the range map back")
    void rebindingRestoresIt() {
        try (TestMachine machine = machine("pci,dma-offset=2GiB,removal=unbind")) {
            machine.run(device -> {
                machine.platform.remove(device);
                machine.kernel.devices().bind(device);
                machine.unmap(device, machine.map(device));
            });
            assertThat(machine.metric(DmaDirect.WRONG_PHYSICAL)).isZero();
            assertThat(machine.kinds()).isEmpty();
        }
    }

    @Test
    @DisplayName("free-policies.md P15b: unmapping with a foreign address frees somebody else's bounce buffer, and its memory has two "
            + "masters")
    void aWrongAddressHitsANeighboursBounceBuffer() {
        try (TestMachine machine = machine("pci,dma-offset=2GiB,swiotlb-at=2GiB,swiotlb-size=64MiB")) {
            machine.run(device -> {
                // the neighbour reaches nothing, so all of it is bounced; its first buffer is at the pool's start + the page that is wanted
                Device neighbour = machine.platform.plug("eth5", 1);
                machine.kernel.devices().bind(neighbour);
                neighbour.dmaMask(2 * GIB);
                int page = machine.kernel.pages().alloc();
                long inPool = machine.kernel.pages().physical(page) >>> machine.kernel.pages().pageShift();
                List<Long> bounced = new ArrayList<>();
                for (long i = 0; i <= inPool; i++) {
                    bounced.add(machine.map(neighbour));
                }
                long victim = bounced.getLast();
                assertThat(victim - 2 * GIB).isEqualTo(machine.kernel.pages().physical(page) + 2 * GIB);
                long late = machine.map(device, page);
                device.get();
                machine.platform.remove(device);
                machine.unmap(device, late);
                device.put();
                assertThat(machine.details(FindingKind.FOREIGN_ENTRY_CLEARED)).singleElement().asString()
                        .contains("frees 32 slots of " + neighbour.name());
                // the pool is smaller than what is mapped until it comes round to that slot again
                while (machine.details(FindingKind.MEMORY_CORRUPTION).isEmpty() && machine.map(neighbour) != DmaApi.MAPPING_ERROR) {
                    assertThat(machine.metric(Swiotlb.USED_SLOTS)).isLessThanOrEqualTo(64 << 20 >> 11);
                }
            });
            assertThat(machine.kinds()).contains(FindingKind.FOREIGN_ENTRY_CLEARED, FindingKind.MEMORY_CORRUPTION);
        }
    }

    @Test
    @DisplayName("free-policies.md P15b: skipping the free of a slot leaks bounce memory")
    void aBouncedMappingUnmappedLateIsLost() {
        try (TestMachine machine = machine("pci,dma-offset=2GiB,swiotlb=force")) {
            machine.run(device -> {
                long address = machine.map(device);
                device.get();
                machine.platform.remove(device);
                machine.unmap(device, address);
                device.put();
            });
            assertThat(machine.metric(DmaDirect.LOST_BUFFERS)).isOne();
            assertThat(machine.metric(Swiotlb.USED_SLOTS)).isEqualTo(32);
        }
    }

    @Test
    void aFullPoolRefusesAndRecovers() {
        try (TestMachine machine = machine("pci,swiotlb=force,swiotlb-size=1MiB")) {
            machine.run(device -> {
                List<Long> mapped = new ArrayList<>();
                for (long address = machine.map(device); address != DmaApi.MAPPING_ERROR; address = machine.map(device)) {
                    mapped.add(address);
                }
                assertThat(mapped).hasSize(16).doesNotHaveDuplicates();
                machine.unmap(device, mapped.get(7));
                assertThat(machine.map(device)).isEqualTo(mapped.get(7));
                mapped.forEach(address -> machine.unmap(device, address));
            });
            assertThat(machine.metric(Swiotlb.USED_SLOTS)).isZero();
            assertThat(machine.log()).anyMatch(
                    line -> line.endsWith("swiotlb buffer is full (sz: 65536 bytes), total 512 (slots), used 512 (slots)"));
        }
    }

    @Test
    void withoutRoomInRamThereIsNoPool() {
        try (TestMachine machine = machine("pci,swiotlb=force,swiotlb-at=2TiB")) {
            machine.run(device -> assertThat(machine.map(device)).isEqualTo(DmaApi.MAPPING_ERROR));
            assertThat(machine.log()).contains("software IO TLB: No low mem");
        }
    }

    @Test
    void smallMappingsShareAPageOfThePool() {
        try (TestMachine machine = machine("pci,swiotlb=force,swiotlb-size=1MiB")) {
            machine.run(device -> {
                int page = machine.kernel.pages().alloc();
                long first = machine.dma().mapPage(device, page, 100, 64, DmaDirection.TO_DEVICE);
                long second = machine.dma().mapPage(device, page, 3000, 64, DmaDirection.TO_DEVICE);
                assertThat(second - second % 2048 - (first - first % 2048)).isEqualTo(2048);
                assertThat(first % 2048).isEqualTo(100);
                assertThat(second % 2048).isEqualTo(3000 % 2048);
                machine.dma().unmapPage(device, first, 64, DmaDirection.TO_DEVICE);
                machine.dma().unmapPage(device, second, 64, DmaDirection.TO_DEVICE);
            });
            assertThat(machine.metric(Swiotlb.USED_SLOTS)).isZero();
            assertThat(machine.kinds()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sysfs", "slot", "sriov", "surprise"})
    @DisplayName("mlx-driver.md 7: UNBIND, UNBOUND, DELETE, REMOVED, by whatever way the device goes")
    void everyWayOfRemovalEndsInTheSameNotices(String removal) {
        try (TestMachine machine = machine("pci,removal=" + removal)) {
            List<String> seen = new ArrayList<>();
            machine.run(device -> {
                machine.kernel.devices().busChain().register(event -> {
                    seen.add(((HotplugEvent.DeviceChanged) event).phase().name());
                    return HotplugNotifier.Answer.OK;
                });
                device.get();
                assertThat(machine.platform.remove(device)).isInstanceOf(Outcome.Removed.class);
                assertThat(machine.platform.remove(device)).isInstanceOf(Outcome.Failed.class);
                assertThat(device.disconnected()).isEqualTo(removal.equals("surprise"));
                device.put();
            });
            assertThat(seen).containsExactly("UNBIND", "UNBOUND", "DELETE", "REMOVED");
            assertThat(machine.kinds()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"slot, 1000000000", "sysfs, 0", "surprise, 0"})
    void onlyASlotsPowerTakesASecond(String removal, long atLeast) {
        try (TestMachine machine = machine("pci,removal=" + removal)) {
            machine.run(device -> {
                long start = machine.kernel.clock().now();
                machine.platform.remove(device);
                assertThat(machine.kernel.clock().now() - start).isGreaterThanOrEqualTo(atLeast).isLessThan(atLeast + 100_000_000);
            });
        }
    }

    @Test
    void aDeviceThatIsGoneFromTheBusDoesNoDma() {
        try (TestMachine machine = machine("pci,removal=surprise")) {
            machine.run(device -> {
                long address = machine.map(device);
                device.disconnect();
                assertThat(machine.write(device, address)).isEqualTo(-1);
                assertThat(machine.dma().frozen(device)).isTrue();
                machine.unmap(device, address);
            });
            assertThat(machine.kinds()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pci,dma-offset=100B", "pci,swiotlb-at=5KiB", "pci,swiotlb-at=64KiB", "pci,swiotlb-size=2GiB"})
    void optionsThatCannotBeAreRefused(String options) {
        assertThatThrownBy(() -> TestMachine.options(PciOptions.class, options)).hasMessageContaining("; use");
    }
}
