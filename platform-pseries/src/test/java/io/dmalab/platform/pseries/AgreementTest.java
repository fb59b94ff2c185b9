package io.dmalab.platform.pseries;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.RandomStream;
import io.dmalab.core.random.Streams;
import io.dmalab.platform.pseries.iommu.IommuTable;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The three books of a mapping: the DMA API's ledger, the table's bitmap, the hypervisor's entries. */
class AgreementTest {
    private record Live(long address, int bytes, DmaDirection direction, int entries) {}

    @ParameterizedTest(name = "seed {0}, {1}")
    @CsvSource({"1, iommu=pseries-ddw", "2, iommu=pseries-ddw", "3, iommu=pseries-default-window",
        "4, 'adapter=dedicated,hypervisor=qemu'",
        "5, 'iommu=pseries-default-window,default-window=4MiB'",
        "6, 'multi-tce=off,largest-block=65536,default-window=1MiB'"})
    @DisplayName("free-policies.md invariant 3: ledger, bitmap and hypervisor agree after every map and unmap; every mapping works")
    void agree(long seed, String options) {
        RandomStream random = new Streams(seed).stream("mappings");
        try (TestPartition p = TestPartition.builder().options(options).quiet().build()) {
            p.run(device -> {
                List<Live> live = new ArrayList<>();
                for (int step = 0; step < 2_000; step++) {
                    if (live.isEmpty() || random.chance(0.55)) {
                        map(p, device, random, live);
                    } else {
                        Live gone = live.remove(random.nextInt(live.size()));
                        p.dma().unmapPage(device, gone.address, gone.bytes, gone.direction);
                    }
                    check(p, device, live);
                }
            });
            assertThat(p.kernel.findingRecords()).isEmpty();
        }
    }

    private static void map(TestPartition p, Device device, RandomStream random, List<Live> live) {
        int page = p.kernel.pages().alloc();
        int offset = random.nextInt(4) * 4096;
        int bytes = 1 + random.nextInt(65536 - offset);
        DmaDirection direction = DmaDirection.values()[random.nextInt(3)];
        long address = p.dma().mapPage(device, page, offset, bytes, direction);
        if (address != DmaApi.MAPPING_ERROR) {
            int shift = TestPartition.table(device).pageShift();
            int entries = (int) ((address + bytes - 1 >>> shift) - (address >>> shift) + 1);
            live.add(new Live(address, bytes, direction, entries));
            assertThat(p.dma().deviceAccess(device, address, bytes, direction != DmaDirection.TO_DEVICE))
                    .isEqualTo(p.kernel.pages().physical(page) + offset);
        }
    }

    private static void check(TestPartition p, Device device, List<Live> live) {
        IommuTable table = TestPartition.table(device);
        long entries = live.stream().mapToLong(Live::entries).sum();
        assertThat(p.dma().live(device)).isEqualTo(live.size());
        assertThat(table.used()).isEqualTo(entries);
        assertThat(p.hypervisor().window(table.index()).liveEntries()).isEqualTo(entries);
        assertThat(table.inUse()).isEqualTo(entries > 0);
    }

    @Test
    @DisplayName("the same seed gives the same digest, another one another")
    void deterministic() {
        assertThat(digest(7)).isEqualTo(digest(7)).isNotEqualTo(digest(8));
    }

    private static long digest(long seed) {
        try (TestPartition p = TestPartition.builder().build()) {
            RandomStream random = new Streams(seed).stream("late pages");
            p.run(device -> {
                List<Long> pages = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    pages.add(p.map(device));
                }
                device.get();
                for (long address : pages) {
                    p.after(random.nextInt(1_000_000_000), () -> p.unmap(device, address));
                }
                p.remove(device);
            });
            return p.kernel.digest();
        }
    }
}
