package org.example.vtd;

import static io.dmalab.testkit.EmulatorAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.device.Device;
import io.dmalab.api.device.Platform.Outcome;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.core.run.RunResult;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.example.vtd.Script.Bench;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The backend through the DMA API: mapping, what the IOTLB remembers, and what is left when the device goes. */
class IntelIommuTest {
    private static final long PAGE = 4096;

    @Test
    void whatIsMappedIsReachedAndNothingElse() {
        RunResult result = Script.run(bench -> {
            int page = bench.kernel().pages().alloc();
            long iova = bench.map(page, DmaDirection.FROM_DEVICE);
            assertThat(bench.write(iova + 5)).isEqualTo(bench.kernel().pages().physical(page) + 5);
            assertThat(bench.device().backend().inUse(bench.device())).isTrue();
            bench.unmap(iova);
            assertThat(bench.device().backend().inUse(bench.device())).isFalse();
            assertThat(bench.write(iova)).isEqualTo(DmaApi.MAPPING_ERROR);
        }, "invalidation=strict");
        assertThat(result).hasFindings(FindingKind.DMA_FAULT).hasMetric(DmarFaults.FAULTS, 1);
    }

    @Test
    @DisplayName("a mapping has the rights of its direction; a refusal says which one is missing")
    void rights() {
        RunResult result = Script.run(bench -> {
            long toDevice = bench.map(bench.kernel().pages().alloc(), DmaDirection.TO_DEVICE);
            long fromDevice = bench.map();
            assertThat(bench.kernel().dma().deviceAccess(bench.device(), toDevice, 8, false)).isNotEqualTo(DmaApi.MAPPING_ERROR);
            assertThat(bench.write(toDevice)).isEqualTo(DmaApi.MAPPING_ERROR);
            assertThat(bench.kernel().dma().deviceAccess(bench.device(), fromDevice, 8, false)).isEqualTo(DmaApi.MAPPING_ERROR);
            assertThat(bench.write(1L << 50)).isEqualTo(DmaApi.MAPPING_ERROR);
            assertThat(bench.write(fromDevice)).as("the device goes on").isNotEqualTo(DmaApi.MAPPING_ERROR);
        });
        assertThat(result).logContains("[fault reason 0x05] PTE Write access is not set")
                .logContains("[fault reason 0x06] PTE Read access is not set")
                .logContains("[fault reason 0x04] Access beyond MGAW").logContains("[DMA Read NO_PASID]");
    }

    @Test
    @DisplayName("free-policies.md P19: lazy, an ended mapping is reached for up to 10 ms, and its address is nobody's until then")
    void lazy() {
        RunResult result = Script.run(bench -> {
            long iova = bench.map();
            bench.write(iova);
            bench.unmap(iova);
            assertThat(bench.write(iova)).as("the IOTLB still knows it").isNotEqualTo(DmaApi.MAPPING_ERROR);
            assertThat(bench.map()).isNotEqualTo(iova);
            bench.sleepMs(5);
            assertThat(bench.write(iova)).isNotEqualTo(DmaApi.MAPPING_ERROR);
            assertThat(bench.map()).isNotEqualTo(iova);
            bench.sleepMs(15);
            assertThat(bench.write(iova)).as("forgotten").isEqualTo(DmaApi.MAPPING_ERROR);
            assertThat(bench.map()).as("and free").isEqualTo(iova);
        });
        assertThat(result).hasMetric(RemappingUnit.STALE_ACCESSES, 2).hasMetric(RemappingUnit.INVALIDATIONS, 1)
                .hasFinding(FindingKind.MEMORY_CORRUPTION, "whose mapping has ended");
    }

    @Test
    void whatTheDeviceHasNotLookedUpIsNotStale() {
        RunResult result = Script.run(bench -> {
            long iova = bench.map();
            bench.unmap(iova);
            assertThat(bench.write(iova)).isEqualTo(DmaApi.MAPPING_ERROR);
        });
        assertThat(result).hasMetric(RemappingUnit.STALE_ACCESSES, 0);
    }

    @Test
    @DisplayName("free-policies.md P19: a queue of 256 entries that is full is flushed at once; one slot of the ring stays empty")
    void aFullQueueIsFlushed() {
        RunResult result = Script.run(bench -> {
            List<Long> iovas = new ArrayList<>();
            for (int i = 0; i < 256; i++) {
                iovas.add(bench.map());
            }
            iovas.subList(0, 255).forEach(bench::unmap);
            assertThat(iovas).doesNotContain(bench.map());
            bench.unmap(iovas.getLast());
            assertThat(iovas.subList(0, 255)).contains(bench.map());
        });
        assertThat(result).hasMetric(RemappingUnit.INVALIDATIONS, 2);
    }

    @Test
    void strictPaysForEachUnmap() {
        RunResult result = Script.run(bench -> {
            for (int i = 0; i < 100; i++) {
                bench.unmap(bench.map());
            }
        }, "invalidation=strict");
        assertThat(result).hasMetric(RemappingUnit.INVALIDATIONS, 100);
    }

    @Test
    void anInvalidationLeavesOtherDomainsAlone() {
        RunResult result = Script.run(bench -> {
            Device other = bench.kernel().devices().byAlias("dev1").orElseThrow();
            long mine = bench.map();
            long theirs = bench.kernel().dma().mapPage(other, bench.kernel().pages().alloc(), 0, 4096, DmaDirection.FROM_DEVICE);
            assertThat(theirs).as("each domain has addresses of its own").isEqualTo(mine);
            bench.write(mine);
            bench.kernel().dma().deviceAccess(other, theirs, 1, true);
            bench.kernel().dma().unmapPage(other, theirs, 4096, DmaDirection.FROM_DEVICE);
            bench.unmap(mine);
            assertThat(bench.write(mine)).isEqualTo(DmaApi.MAPPING_ERROR);
            assertThat(bench.kernel().dma().deviceAccess(other, theirs, 1, true)).isEqualTo(DmaApi.MAPPING_ERROR);
        }, 2, request -> request, "invalidation=strict");
        assertThat(result).hasMetric(RemappingUnit.STALE_ACCESSES, 0).hasMetric(DmarFaults.FAULTS, 2);
    }

    @Test
    @DisplayName("below 4 GiB first, never page 0 or the MSI range; once that is full, 48 bits")
    void addresses() {
        RunResult result = Script.run(bench -> {
            assertThat(bench.map()).isEqualTo(0xffff_f000L);
            for (int i = 0; i < 4; i++) {
                long iova = bench.kernel().dma().mapPage(bench.device(), 0, 0, 1 << 30, DmaDirection.TO_DEVICE);
                assertThat(iova).isNotZero();
                assertThat(iova >= 0xfef0_0000L || iova + (1 << 30) <= 0xfee0_0000L).as("%x", iova).isTrue();
                assertThat(iova >>> 32 == 0).as("%x", iova).isEqualTo(i < 2);
            }
        });
        assertThat(result).logContains("script 0000:01:00.0: Using 48-bit DMA addresses");
    }

    @Test
    void faultsBeyondTheRegistersAreLost() {
        RunResult result = Script.run(bench -> {
            for (int i = 0; i < 12; i++) {
                bench.write(PAGE * (i + 1));
            }
        });
        assertThat(result).hasMetric(DmarFaults.FAULTS, 12).logContains("DMAR: DRHD: handling fault status reg 3")
                .logContains("fault addr 0x8000 ").logDoesNotContain("fault addr 0x9000 ");
    }

    /** Maps, removes, unmaps late in a worker's task. */
    private static void late(Bench bench, boolean[] survived) {
        long iova = bench.map();
        Device device = bench.device();
        device.get();
        assertThat(bench.platform().remove(device)).isInstanceOf(Outcome.Removed.class);
        bench.kernel().sched().spawn("kworker/3:1", 3, () -> {
            bench.unmap(iova);
            survived[0] = true;
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"sysfs", "surprise"})
    @DisplayName("real-world-reports.md invariant 1: a late unmap is a NULL dereference in iommu_get_dma_domain, and the task is dead")
    void aLateUnmapIsANullDereference(String removal) {
        boolean[] survived = new boolean[1];
        RunResult result = Script.run(bench -> late(bench, survived), "removal=" + removal);
        assertThat(survived[0]).isFalse();
        assertThat(result).hasFinding(FindingKind.OOPS, "iommu_get_dma_domain read default_domain of a NULL iommu_group, at 0xa8")
                .logContains("BUG: kernel NULL pointer dereference, address: 00000000000000a8")
                .logContains("pci 0000:01:00.0: Removing from iommu group 0").hasMetric(IntelIommu.DROPPED_MAPPINGS, 1);
    }

    @Test
    @DisplayName("a card that is pulled makes no access, faults nothing, and its own slot says so; the one beside it stays")
    void surprise() {
        RunResult result = Script.run(bench -> {
            Device other = bench.kernel().devices().byAlias("dev1").orElseThrow();
            long iova = bench.kernel().dma().mapPage(other, bench.kernel().pages().alloc(), 0, 4096, DmaDirection.FROM_DEVICE);
            other.get();
            bench.platform().remove(other);
            assertThat(bench.kernel().dma().deviceAccess(other, iova, 1, true)).isEqualTo(DmaApi.MAPPING_ERROR);
            assertThat(bench.write(bench.map())).isNotEqualTo(DmaApi.MAPPING_ERROR);
            assertThat(bench.platform().remove(other)).isInstanceOf(Outcome.Failed.class);
        }, 2, request -> request, "removal=surprise");
        assertThat(result).hasMetric(DmarFaults.FAULTS, 0).logContains("pcieport 0000:00:02.0: pciehp: Slot(1): Link Down")
                .logContains("pci 0000:02:00.0: Removing from iommu group 1").logDoesNotContain("Slot(0)");
    }

    @Test
    @DisplayName("until 6.9 the release had cleared the DMA ops, and the late unmap did nothing")
    void untilSixNineItIsSilent() {
        boolean[] survived = new boolean[1];
        RunResult result = Script.run(bench -> late(bench, survived), 1, request -> request.withKernel("v6.4"));
        assertThat(survived[0]).isTrue();
        assertThat(result).hasFindings(FindingKind.LATE_UNMAP).hasMetric(IntelIommu.DIRECT_UNMAPS, 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"v6.4", "v6.14"})
    void unboundIsNotRemovedAndTheUnmapWorks(String kernel) {
        boolean[] survived = new boolean[1];
        RunResult result = Script.run(bench -> late(bench, survived), 1, request -> request.withKernel(kernel), "removal=unbind");
        assertThat(survived[0]).isTrue();
        assertThat(result).hasFindings(FindingKind.LATE_UNMAP).hasMetric(IntelIommu.DROPPED_MAPPINGS, 0)
                .hasMetric(IntelIommu.DIRECT_UNMAPS, 0);
    }

    @Test
    @DisplayName("real-world-reports.md A4: no oops with iommu=pt")
    void passthroughHidesIt() {
        boolean[] survived = new boolean[1];
        RunResult result = Script.run(bench -> {
            long address = bench.map();
            assertThat(bench.write(address)).isEqualTo(address);
            bench.unmap(address);
            late(bench, survived);
        }, "passthrough=on");
        assertThat(survived[0]).isTrue();
        assertThat(result).hasFindings(FindingKind.LATE_UNMAP);
    }

    @Test
    @DisplayName("a released device is blocked by its context entry; the next domain has its id and nothing of it")
    void aReleasedDeviceIsBlocked() {
        RunResult result = Script.run(bench -> {
            long iova = bench.map();
            bench.write(iova);
            Device gone = bench.device();
            gone.get();
            bench.platform().remove(gone);
            assertThat(bench.write(iova)).isEqualTo(DmaApi.MAPPING_ERROR);
            gone.put();
            Device next = bench.platform().plug("dev0", 0);
            bench.kernel().devices().bind(next);
            assertThat(next.backend().translate(next, iova, true)).isEqualTo(DmaApi.MAPPING_ERROR);
        });
        assertThat(result).logContains("[fault reason 0x02] Present bit in context entry is clear")
                .logContains("pci 0000:01:00.0: Adding to iommu group 1").hasMetric(RemappingUnit.STALE_ACCESSES, 0);
    }

    @Test
    void unmappingTwiceIsAWarning() {
        RunResult result = Script.run(bench -> {
            long iova = bench.map();
            bench.unmap(iova);
            bench.unmap(iova);
        });
        assertThat(result).hasFindings(FindingKind.DOUBLE_UNMAP, FindingKind.WARNING).logContainsPattern(
                Pattern.compile("^WARNING: CPU: 0 PID: \\d+ at iommu_dma_unmap_page\\+0x"));
    }
}
