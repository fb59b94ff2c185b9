package io.dmalab.platform.pseries.iommu;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.dma.DmaDirection;
import io.dmalab.platform.pseries.TestPartition;
import io.dmalab.platform.pseries.hypervisor.Hcall;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ScatterGatherTest {
    private static final long PAGE = 65536;
    private static final long MASK = -1L;
    private static final long NO_LIMIT = 1L << 40;

    private TestPartition p;

    /** With the dynamic window of the first slot. */
    private void with(Consumer<IommuTable> body) {
        try (TestPartition partition = TestPartition.builder().build()) {
            p = partition;
            partition.run(device -> body.accept(TestPartition.table(device)));
        }
    }

    private static int map(IommuTable table, ScatterList list, int elements, long maxSegment) {
        return ScatterGather.map(table, table.device(), list, elements, DmaDirection.TO_DEVICE, MASK, maxSegment);
    }

    private static ScatterList pages(long... bytes) {
        ScatterList list = new ScatterList(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            list.set(i, i * 10 * PAGE, bytes[i]);
        }
        return list;
    }

    @Test
    @DisplayName("iommu-table.md 11: whole pages are consecutive through the shared handle and merge into one segment")
    void merges() {
        with(table -> {
            ScatterList list = pages(PAGE, PAGE, PAGE);
            assertThat(map(table, list, 3, NO_LIMIT)).isEqualTo(1);
            assertThat(list.dmaLength(0)).isEqualTo(3 * PAGE);
            assertThat(list.dmaLength(1)).isZero();
            assertThat(table.used()).isEqualTo(3);
            ScatterGather.unmap(table, list, 3);
            assertThat(table.used()).isZero();
        });
    }

    @Test
    @DisplayName("iommu-table.md 11: segments stay within the device's limit; parts of pages do not merge")
    void doesNotMerge() {
        with(table -> {
            ScatterList list = pages(PAGE, PAGE, 100, PAGE);
            assertThat(map(table, list, 4, PAGE)).isEqualTo(4);
            ScatterGather.unmap(table, list, 4);
            assertThat(table.used()).isZero();

            assertThat(map(table, list, 4, NO_LIMIT)).isEqualTo(2);
            assertThat(list.dmaLength(0)).isEqualTo(2 * PAGE + 100);
            assertThat(list.dmaLength(1)).isEqualTo(PAGE);
            ScatterGather.unmap(table, list, 4);
            assertThat(table.used()).isZero();
        });
    }

    @Test
    @DisplayName("iommu-table.md 11: empty elements are skipped and reset the expected address")
    void emptyElements() {
        with(table -> {
            ScatterList list = pages(PAGE, 0, PAGE);
            assertThat(map(table, list, 3, NO_LIMIT)).isEqualTo(2);
            assertThat(list.dmaLength(2)).isZero();
            assertThat(table.used()).isEqualTo(2);
        });
    }

    @Test
    @DisplayName("iommu-table.md 11: no elements or no table is -EINVAL")
    void invalid() {
        with(table -> {
            assertThat(map(table, pages(PAGE), 0, NO_LIMIT)).isEqualTo(-22);
            assertThat(ScatterGather.map(null, table.device(), pages(PAGE), 1, DmaDirection.TO_DEVICE, MASK, NO_LIMIT)).isEqualTo(-22);
        });
    }

    @Test
    @DisplayName("iommu-table.md 11: when no range is left everything is rolled back")
    void rollBack() {
        with(table -> {
            p.fail.configure(1, 1);
            ScatterList list = pages(PAGE, PAGE);
            assertThat(map(table, list, 2, NO_LIMIT)).isEqualTo(-5);
            assertThat(table.used()).isZero();
            assertThat(p.lines("iommu_alloc failed")).isEqualTo(1);
        });
    }

    @Test
    @DisplayName("iommu-table.md 11: when the hypervisor is exhausted the current element's own entries leak")
    void leak() {
        with(table -> {
            int[] calls = new int[1];
            p.hypervisor().setTceFaults((liobn, ioba, count) -> ++calls[0] == 3 ? Hcall.H_NOT_ENOUGH_RESOURCES : Hcall.H_SUCCESS);
            ScatterList list = pages(PAGE, PAGE, PAGE);
            assertThat(map(table, list, 3, NO_LIMIT)).isEqualTo(-5);
            assertThat(table.used()).isEqualTo(1);
        });
    }
}
