package io.dmalab.netstack;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.observe.TraceRecord;
import io.dmalab.api.tracepoint.DmaEvents;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How a pool maps its pages. */
class PoolDmaTest {
    @ParameterizedTest
    @EnumSource(value = DmaDirection.class, names = {"FROM_DEVICE", "BIDIRECTIONAL"})
    @DisplayName("page-pool.md 6: pages are mapped whole, in the pool's direction, once; recycling and the stack touch no mapping; leaving "
            + "the pool unmaps with the same size, direction and attributes")
    void mapAndUnmap(DmaDirection direction) {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params(-1, 64, direction, true));
                List<Integer> pages = PagePoolTest.allocate(pool, 10);
                List<TraceRecord> maps = rig.events("dma_map_page");
                assertThat(maps).as("one refill").hasSize(64);
                assertThat(maps).extracting(event -> event.value("dma_addr")).doesNotHaveDuplicates();
                assertThat(maps).allMatch(whole(direction));
                for (int round = 0; round < 5; round++) {
                    pages.forEach(page -> pool.put(page, 1, false));
                    pages = PagePoolTest.allocate(pool, 10);
                }
                assertThat(rig.events("dma_unmap_page")).as("recycled or out: mapped").isEmpty();
                assertThat(rig.events("dma_map_page")).hasSize(64);
                pages.forEach(page -> pool.put(page, 1, false));
                pool.destroy();
            });
            List<TraceRecord> unmaps = rig.events("dma_unmap_page");
            assertThat(unmaps).hasSize(64).allMatch(whole(direction));
            List<Object> mapped = rig.events("dma_map_page").stream().map(event -> event.value("dma_addr")).toList();
            assertThat(unmaps).extracting(event -> event.value("dma_addr")).containsExactlyInAnyOrderElementsOf(mapped);
            assertThat(rig.iommu.entries).isEmpty();
        }
    }

    private static Predicate<TraceRecord> whole(DmaDirection direction) {
        return event -> (event.type() == DmaEvents.MAP || event.type() == DmaEvents.UNMAP) && event.value("size").equals(65536L)
                && event.value("dir").equals(direction.name()) && event.value("attrs").equals("WEAK_ORDERING|SKIP_CPU_SYNC");
    }
}
