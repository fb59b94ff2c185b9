package io.dmalab.core.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.dma.IommuBackend.Refusal;
import io.dmalab.api.kernel.FindingKind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DeviceAccessTest {
    private static final int PAGE = 65536;

    private final Rig rig = new Rig();
    private final DeviceImpl device = rig.plug();
    private final List<Object> results = new ArrayList<>();

    @AfterEach
    void close() {
        rig.close();
    }

    private long map(int page) {
        return rig.dma.mapPage(device, page, 0, PAGE, DmaDirection.FROM_DEVICE);
    }

    @Test
    void anAccessReachesTheMappedPage() {
        rig.bound(device, () -> {
            int page = rig.kernel.pages().alloc();
            results.add(rig.dma.deviceAccess(device, map(page) + 2048, 1500, true) - rig.kernel.pages().physical(page));
        });

        assertThat(results).containsExactly(2048L);
        assertThat(rig.kinds()).isEmpty();
        assertThat(rig.dma.frozen(device)).isFalse();
    }

    @Test
    @DisplayName("tce-hcalls.md 2: an access that the host bridge refuses is an EEH freeze; later ones are silently refused")
    void freeze() {
        rig.bound(device, () -> {
            long address = map(rig.kernel.pages().alloc());
            rig.dma.unmapPage(device, address, PAGE, DmaDirection.FROM_DEVICE);
            results.add(rig.dma.deviceAccess(device, address, 1500, true));
            long other = map(rig.kernel.pages().alloc());
            results.add(rig.dma.deviceAccess(device, other, 1500, true));
        });

        assertThat(results).containsExactly(-1L, -1L);
        assertThat(rig.dma.frozen(device)).isTrue();
        assertThat(rig.findings(FindingKind.EEH_FREEZE)).singleElement().satisfies(freeze -> {
            assertThat(freeze.subject()).isEqualTo("0018:01:00.0");
            assertThat(freeze.occurrences()).isEqualTo(1);
            assertThat(freeze.detail()).contains("refused a write of 1500 bytes at DMA address 0x800000000010000");
        });
        assertThat(rig.events).filteredOn(e -> e.type() == DeviceEvents.ACCESS_REFUSED).hasSize(1);
    }

    @Test
    @DisplayName("where the backend says so, a refused access is lost and the device goes on; the backend hears which page of it was refused")
    void fault() {
        rig.iommu.refusal = Refusal.FAULT;
        rig.bound(device, () -> {
            long address = map(rig.kernel.pages().alloc());
            results.add(rig.dma.deviceAccess(device, address + PAGE - 4096, 8192, true));
            results.add(rig.iommu.refused.getFirst() - address);
            results.add(rig.dma.deviceAccess(device, address + 8, 8, true) - rig.iommu.translate(device, address + 8, true));
        });

        assertThat(results).containsExactly(-1L, (long) PAGE, 0L);
        assertThat(rig.iommu.refused).hasSize(1);
        assertThat(rig.dma.frozen(device)).isFalse();
        assertThat(rig.findings(FindingKind.DMA_FAULT)).singleElement()
                .satisfies(fault -> assertThat(fault.detail()).contains("refused a write of 8192 bytes at DMA address 0x80000000001f000"));
        assertThat(rig.events).filteredOn(e -> e.type() == DeviceEvents.ACCESS_REFUSED).hasSize(1);
    }

    @Test
    void anAccessThatRunsOverTheEndOfItsMappingIsRefused() {
        rig.bound(device, () -> results.add(rig.dma.deviceAccess(device, map(rig.kernel.pages().alloc()) + PAGE - 100, 101, true)));

        assertThat(results).containsExactly(-1L);
        assertThat(rig.findings(FindingKind.EEH_FREEZE)).hasSize(1);
    }

    @Test
    void anAccessUpToTheEndOfItsMappingIsNot() {
        rig.bound(device, () -> rig.dma.deviceAccess(device, map(rig.kernel.pages().alloc()), PAGE, false));

        assertThat(rig.kinds()).isEmpty();
    }

    @Test
    void aWriteIntoAFreePageIsAUseAfterFree() {
        rig.bound(device, () -> {
            int page = rig.kernel.pages().alloc();
            long address = map(page);
            rig.kernel.pages().put(page);
            results.add(rig.dma.deviceAccess(device, address, 1500, true));
            results.add(rig.kernel.pages().physical(page));
        });

        assertThat(results.get(0)).as("the bridge lets it through").isEqualTo(results.get(1));
        assertThat(rig.findings(FindingKind.USE_AFTER_FREE)).singleElement().satisfies(finding -> {
            assertThat(finding.subject()).isEqualTo("page 256");
            assertThat(finding.detail()).contains("0018:01:00.0 (eth4) wrote into a free page");
        });
        assertThat(rig.dma.frozen(device)).isFalse();
    }

    @Test
    void aDirectlyMappedDeviceIsTranslatedByItsBackendToo() {
        rig.iommu.bypassFrom64 = true;
        rig.bound(device, () -> {
            rig.dma.setMask(device, -1L);
            int page = rig.kernel.pages().alloc();
            results.add(rig.dma.deviceAccess(device, map(page), 64, true) - rig.kernel.pages().physical(page));
            long beyondMemory = 0x800_0000_0000_0000L + (1L << 50);
            rig.dma.deviceAccess(device, beyondMemory, 64, true);
        });

        assertThat(results).containsExactly(0L);
        assertThat(rig.findings(FindingKind.USE_AFTER_FREE)).as("memory nobody ever had").hasSize(1);
    }
}
