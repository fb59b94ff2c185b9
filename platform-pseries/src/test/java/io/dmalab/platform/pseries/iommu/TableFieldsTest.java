package io.dmalab.platform.pseries.iommu;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaAllocator;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.platform.pseries.TestPartition;
import io.dmalab.platform.pseries.pci.PciDn;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The constants of a table and what its fields mean. */
class TableFieldsTest {
    private static final long GIB = 1L << 30;

    private static final IommuTableOps NO_HYPERVISOR = new IommuTableOps() {
        @Override
        public long set(IommuTable table, long entry, int pages, long physical, DmaDirection direction) {
            return 0;
        }

        @Override
        public void clear(IommuTable table, long entry, long pages) {}

        @Override
        public long get(IommuTable table, long entry) {
            return 0;
        }
    };

    private static void with(String options, BiConsumer<TestPartition, Device> body) {
        try (TestPartition partition = TestPartition.builder().options(options).build()) {
            partition.run(device -> body.accept(partition, device));
        }
    }

    private static IommuTableBitmap bitmap(TestPartition p, long bytes) {
        IommuTableBitmap bitmap = new IommuTableBitmap(p.kernel);
        bitmap.init(new DmaAllocator.Window(0, bytes >>> 12, 12, 0, 0));
        return bitmap;
    }

    @ParameterizedTest(name = "{0} bytes: {1} pools")
    @CsvSource({"1073741824, 4", "1073737728, 1"})
    @DisplayName("iommu-table.md 1: from 2^30 bytes on four small pools, below one, with three quarters of the entries; the large pool has "
            + "the rest")
    void pools(long bytes, int small) {
        with("", (p, device) -> {
            IommuTableBitmap.Pool[] pools = bitmap(p, bytes).pools();
            long share = (bytes >>> 12) * 3 / 4 / small;
            assertThat(pools).hasSize(small + 1);
            for (int i = 0; i < small; i++) {
                assertThat(pools[i].end - pools[i].start).isEqualTo(share);
            }
            assertThat(pools[small].start).isEqualTo(share * small);
            assertThat(pools[small].end).isEqualTo(bytes >>> 12);
        });
    }

    @Test
    @DisplayName("iommu-table.md 1: more than 15 pages are a large request; a small one moves the hint to a multiple of 16; failure is all "
            + "ones")
    void requests() {
        with("", (p, device) -> {
            IommuTableBitmap bitmap = bitmap(p, GIB);
            long large = bitmap.pools()[4].start;
            assertThat(bitmap.alloc(15, 0, Long.MAX_VALUE, 0, 0)).isEqualTo(1);
            assertThat(bitmap.alloc(1, 0, Long.MAX_VALUE, 0, 0)).isEqualTo(16);
            assertThat(bitmap.alloc(16, 0, Long.MAX_VALUE, 0, 0)).isEqualTo(large);
            assertThat(bitmap.alloc(17, 0, Long.MAX_VALUE, 0, 0)).isEqualTo(large + 16);
            assertThat(DmaApi.MAPPING_ERROR).isEqualTo(0xffff_ffff_ffff_ffffL);
        });
    }

    @Test
    @DisplayName("iommu-table.md 1 and 2: a default window of 4 KiB pages is table 0, a dynamic one beside it table 1; offset and size "
            + "count entries, the index is the LIOBN")
    void windowsOfAGroup() {
        with("adapter=dedicated", (p, device) -> {
            IommuTableGroup group = PciDn.of(device.node().parent().orElseThrow()).tableGroup();
            IommuTable[] tables = {group.table(0), group.table(1)};
            assertThat(IommuTableGroup.TABLES).isEqualTo(2);
            assertThat(tables[0].pageShift()).isEqualTo(12);
            assertThat(tables[0].offset()).isZero();
            assertThat(tables[0].size()).isEqualTo(2 * GIB >>> 12);
            assertThat(tables[1].pageShift()).isEqualTo(16);
            assertThat(tables[1].offset()).isEqualTo(1L << 59 - 16);
            assertThat(tables[1].size()).isEqualTo(8388608);
            for (IommuTable table : tables) {
                assertThat(p.hypervisor().window(table.index()).base()).isEqualTo(table.offset() << table.pageShift());
                assertThat(p.hypervisor().window(table.index()).entries()).isEqualTo(table.size());
            }
            assertThat(TestPartition.table(device)).as("the device's table base").isSameAs(tables[1]);
        });
    }

    @Test
    @DisplayName("iommu-table.md 2 and 4: no bitmap until initialised; the reserved range is absolute, its end exclusive, clamped "
            + "to the window")
    void reservedRange() {
        with("", (p, device) -> {
            IommuTable table = p.tables.create(new TableParameters(0, 1, 1L << 20, 1L << 20, 12, null, device), NO_HYPERVISOR);
            assertThat(table.map()).isNull();
            assertThat(table.used()).isZero();
            table.init(0x1f0, 0x300);
            assertThat(table.map()).isNotNull();
            assertThat(table.reservedStart()).isEqualTo(0x1f0);
            assertThat(table.reservedEnd()).isEqualTo(0x200);
            assertThat(table.inUse()).isFalse();
            assertThat(table.index()).isEqualTo(1);
            IommuTable outside = p.tables.create(new TableParameters(0, 2, 1L << 20, 1L << 20, 12, null, device), NO_HYPERVISOR);
            outside.init(0, 0x80);
            assertThat(outside.reservedStart()).isEqualTo(outside.reservedEnd()).isEqualTo(outside.offset());
        });
    }
}
